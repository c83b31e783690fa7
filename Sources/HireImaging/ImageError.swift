/// A request that makes no sense for an image; prints as one full sentence.
public struct ImageError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What was asked.
    public let operation: String
    /// What was expected and what was given.
    public let problem: String

    /// An error from its parts.
    public init(operation: String, problem: String) {
        self.operation = operation
        self.problem = problem
    }

    /// The full sentence.
    public var description: String { "\(operation): \(problem)." }
}
