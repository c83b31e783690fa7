import HireNN
import HireTensor

/// Linear, a kind of GELU, Linear: the perceptron of vision transformers, [..., width] to the same.
///
/// Children are `fc1` and `fc2` (HF `CLIPMLP`, `SiglipMLP`, `Dinov2MLP`).
public final class VisionPerceptron: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    private let first: Linear
    private let second: Linear
    private let activation: GELUKind

    /// A perceptron with `hidden` units.
    public init(
        _ width: Int, hidden: Int, activation: GELUKind = .erf,
        initializers: VisionInitializers = VisionInitializers(), in context: Context
    ) {
        self.activation = activation
        first = scope.child(
            "fc1",
            Linear(
                width, hidden, bias: true, weight: initializers.first, bias: initializers.bias,
                in: context))
        second = scope.child(
            "fc2",
            Linear(
                hidden, width, bias: true, weight: initializers.second, bias: initializers.bias,
                in: context))
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        try second(first(input).gelu(activation))
    }
}
