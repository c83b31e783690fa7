import HireArray

/// Everything that a recording keeps of one sample.
public struct RecordedSample {
    /// Its place in the recording, from 0; `every` counts it.
    public var index: Int
    /// Names it in its data set.
    public var id: String
    /// The picture's index.
    public var image: Int
    /// What was asked; empty where nothing was.
    public var question = ""
    /// The reference answer.
    public var expected = ""
    /// What was answered; nil where the model was not asked to.
    public var answer: String?
    /// The answer's grade, where there is one.
    public var grade: Double?
    /// Wall time.
    public var seconds = 0.0
    /// Ids that the language model reads, with -1 where the picture's tokens stand; empty where it does not run.
    public var tokenIDs: [Int] = []
    /// Where the picture's tokens stand; nil where there are none.
    public var imageSpan: Range<Int>?
    /// What was captured.
    public var captured: [CaptureCollector.Captured] = []

    /// A sample with what names it.
    public init(index: Int, id: String, image: Int) {
        self.index = index
        self.id = id
        self.image = image
    }

    /// Bytes of all arrays.
    public var byteCount: Int { captured.flatMap(\.arrays).map(\.byteCount).reduce(0, +) }
}
