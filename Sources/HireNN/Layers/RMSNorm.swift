import HireTensor

/// x / sqrt(mean(x^2) + epsilon) * weight over the last axis: `LlamaRMSNorm`.
public final class RMSNorm: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// Scale [width]; ones at first.
    public let weight: Parameter
    /// Added to the mean square.
    public let epsilon: Double

    /// A layer for a last axis of `width`.
    public init(_ width: Int, epsilon: Double = 1e-6, in context: Context) {
        self.epsilon = epsilon
        weight = scope.parameter("weight", [width], .ones, in: context)
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        try input.rmsNorm(weight.tensor, epsilon: epsilon)
    }
}
