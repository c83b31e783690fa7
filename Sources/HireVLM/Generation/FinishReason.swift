/// Why an answer ended.
public enum FinishReason: String, Sendable, Equatable, Codable {
    /// An end id came.
    case end
    /// A stop string came.
    case stop
    /// The maximum of tokens was reached.
    case length
    /// Whoever was given the text wanted no more.
    case cancelled
}
