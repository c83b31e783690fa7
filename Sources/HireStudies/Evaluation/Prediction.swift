/// An answer that was given, beside the one that was wanted.
public struct Prediction: Sendable, Equatable, Codable {
    /// The sample's id.
    public var sample: String
    /// Index of the picture in its split.
    public var image: Int
    /// The question.
    public var question: String
    /// The reference answer.
    public var expected: String
    /// The answer given.
    public var answer: String
    /// Name of the question's type.
    public var type: String
    /// From 0 (wrong) to 1 (right).
    public var grade: Double
}
