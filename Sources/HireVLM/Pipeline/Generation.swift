/// What a pipeline answered.
public struct Generation: Sendable, Equatable {
    /// The answer as text, without special tokens.
    public var text: String
    /// The ids that were generated, the end-of-text id included if it came.
    public var ids: [Int]

    /// An answer.
    public init(text: String, ids: [Int]) {
        self.text = text
        self.ids = ids
    }
}
