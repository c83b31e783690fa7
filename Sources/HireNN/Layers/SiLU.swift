import HireTensor

/// x * sigmoid(x): `nn.SiLU`.
public final class SiLU: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()

    /// The layer has no settings.
    public init() {}

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor { try input.silu() }
}
