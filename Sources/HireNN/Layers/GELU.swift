import HireTensor

/// The Gaussian error linear unit: `nn.GELU`, or CLIP's quick form.
public final class GELU: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// Which of the three functions.
    public let kind: GELUKind

    /// A layer of the given kind; PyTorch's default is `erf`.
    public init(_ kind: GELUKind = .erf) { self.kind = kind }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor { try input.gelu(kind) }
}
