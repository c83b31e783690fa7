import HireTensor

/// x * sigmoid(x): `nn.SiLU`.
public final class SiLU: Layer {
    public let scope = ModuleScope()

    /// The layer has no settings.
    public init() {}

    public func forward(_ input: Tensor) throws -> Tensor { try input.silu() }
}
