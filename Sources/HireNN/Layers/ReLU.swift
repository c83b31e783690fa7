import HireTensor

/// max(x, 0): `nn.ReLU`.
public final class ReLU: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()

    /// The layer has no settings.
    public init() {}

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor { try input.relu() }
}
