import HireTensor

/// max(x, 0): `nn.ReLU`.
public final class ReLU: Layer {
    public let scope = ModuleScope()

    /// The layer has no settings.
    public init() {}

    public func forward(_ input: Tensor) throws -> Tensor { try input.relu() }
}
