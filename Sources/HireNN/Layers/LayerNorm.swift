import HireArray
import HireTensor

/// Normalisation over the last axis: `nn.LayerNorm(width)`.
public final class LayerNorm: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// Scale [width]; ones at first; nil without affine parameters.
    public let weight: Parameter?
    /// Shift [width]; zeros at first; nil without.
    public let bias: Parameter?
    /// Added to the variance.
    public let epsilon: Double
    private let width: Int

    /// A layer for a last axis of `width`.
    public init(
        _ width: Int, epsilon: Double = 1e-5, affine: Bool = true, bias: Bool = true,
        in context: Context
    ) {
        self.width = width
        self.epsilon = epsilon
        weight = affine ? scope.parameter("weight", [width], .ones, in: context) : nil
        self.bias = affine && bias ? scope.parameter("bias", [width], .zeros, in: context) : nil
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        guard input.shape.last == width else {
            throw ArrayError.shape(
                operation: "layer_norm", expected: "[..., \(width)]", got: "\(input.shape)")
        }
        return try input.layerNorm(weight?.tensor, bias?.tensor, epsilon: epsilon)
    }
}
