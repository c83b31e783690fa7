/// One result of an operation.
public struct OpResult: Sendable, Equatable {
    /// What a result holds.
    public enum Kind: String, Sendable {
        /// Numbers.
        case tensor
        /// Zero-based int32 indices.
        case indices
        /// Bools.
        case flags
        /// A list of tensors; always the only result.
        case tensors
    }

    /// The name, lower_snake.
    public let name: String
    /// What it holds.
    public let kind: Kind
    /// Whether a gradient flows through it.
    public let isDifferentiable: Bool

    /// A result.
    public init(_ name: String, _ kind: Kind = .tensor, isDifferentiable: Bool? = nil) {
        self.name = name
        self.kind = kind
        self.isDifferentiable = isDifferentiable ?? (kind == .tensor || kind == .tensors)
    }
}
