/// A pattern that makes no sense; prints as one full sentence.
public struct GlobError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    public let pattern: String
    /// The letter at which the problem is, counted from 1.
    public let position: Int
    /// What is wrong.
    public let problem: String

    /// The full sentence.
    public var description: String {
        "The pattern '\(pattern)' makes no sense at letter \(position): \(problem)."
    }
}
