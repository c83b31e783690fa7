/// One parameter of an operation.
public struct OpParameter: Sendable {
    /// The name, lower_snake.
    public let name: String
    /// What it takes.
    public let kind: OpParameterKind
    /// The value when it is left out; nil if it must be given.
    public let defaultValue: OpDefault?
    /// One sentence on what it means, with shape or unit.
    public let summary: String
    /// Whether gradients flow to it (tensors only).
    public let isDifferentiable: Bool

    /// A parameter.
    public init(
        _ name: String, _ kind: OpParameterKind, _ summary: String, default value: OpDefault? = nil,
        isDifferentiable: Bool? = nil
    ) {
        self.name = name
        self.kind = kind
        self.summary = summary
        self.defaultValue = value ?? (kind == .optionalTensor ? .absent : nil)
        self.isDifferentiable = isDifferentiable ?? kind.holdsNumbers
    }
}
