import HireNN
import HireTensor

/// One pre-norm transformer block with CLIP's names, [N, T, width] to the same: HF `CLIPEncoderLayer`.
///
/// Children are `layer_norm1`, `self_attn`, `layer_norm2` and `mlp`.
public final class VisionBlock: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    private let attentionNorm: LayerNorm
    private let attention: MultiHeadAttention
    private let perceptronNorm: LayerNorm
    private let perceptron: VisionPerceptron

    /// A block of the given width, which the heads divide.
    ///
    /// - Parameters:
    ///   - hidden: units of the perceptron.
    ///   - epsilon: added to the variance by the norms.
    public init(
        width: Int, heads: Int, hidden: Int, activation: GELUKind = .erf, epsilon: Double = 1e-5,
        initializers: VisionInitializers = VisionInitializers(), in context: Context
    ) {
        attentionNorm = scope.child("layer_norm1", LayerNorm(width, epsilon: epsilon, in: context))
        attention = scope.child(
            "self_attn",
            MultiHeadAttention(
                width, heads: heads, input: initializers.attention,
                output: initializers.attentionOutput, in: context))
        perceptronNorm = scope.child(
            "layer_norm2", LayerNorm(width, epsilon: epsilon, in: context))
        perceptron = scope.child(
            "mlp",
            VisionPerceptron(
                width, hidden: hidden, activation: activation, initializers: initializers,
                in: context))
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        let attended = try input + attention(attentionNorm(input))
        return try attended + perceptron(perceptronNorm(attended))
    }
}
