/// A question about one image of a batch, or about none, as token ids.
public struct PromptedQuestion: Sendable, Equatable {
    /// Index of the image in the batch of views; nil for a question without a picture.
    public var image: Int?
    /// Ids in front of the image tokens; empty without a picture.
    public var before: [Int]
    /// Ids behind the image tokens, up to where the answer begins.
    public var after: [Int]
    /// The reference answer with the end-of-text id; empty when it is asked for.
    public var answer: [Int]

    /// A question given its ids.
    public init(image: Int?, before: [Int], after: [Int], answer: [Int] = []) {
        self.image = image
        self.before = before
        self.after = after
        self.answer = answer
    }
}
