/// A capture that cannot be made as it was asked for; prints as one full sentence.
public struct CaptureError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The capture point or the option that it is about; empty for the capture as a whole.
    public let subject: String
    /// What is wrong, with what was expected and got.
    public let problem: String

    /// An error from its parts.
    public init(_ subject: String, _ problem: String) {
        self.subject = subject
        self.problem = problem
    }

    /// The full sentence.
    public var description: String { subject.isEmpty ? problem : "\(subject): \(problem)" }
}
