import HireNN
import HireTensor
import HireVLM

/// One pre-norm block with layer scale, [N, T, width] to the same: HF `Dinov2Layer`.
final class DINOv2Block: Layer {
    let scope = ModuleScope()
    private let attentionNorm: LayerNorm
    private let attention: MultiHeadAttention
    private let attentionScale: LayerScale
    private let perceptronNorm: LayerNorm
    private let perceptron: any Layer<Tensor, Tensor>
    private let perceptronScale: LayerScale

    init(_ numbers: DINOv2Variant, in context: Context) {
        let width = numbers.hiddenSize
        let initializers = VisionInitializers(all: .normal(deviation: 0.02))
        func norm() -> LayerNorm { LayerNorm(width, epsilon: numbers.epsilon, in: context) }
        func layerScale() -> LayerScale {
            LayerScale(width, initial: numbers.layerScale, in: context)
        }
        attentionNorm = scope.child("norm1", norm())
        attention = scope.child(
            "attention",
            MultiHeadAttention(
                width, heads: numbers.heads, bias: numbers.hasQueryKeyValueBias, outputBias: true,
                names: .nested, input: initializers.attention,
                output: initializers.attentionOutput, in: context))
        attentionScale = scope.child("layer_scale1", layerScale())
        perceptronNorm = scope.child("norm2", norm())
        if numbers.usesSwiGLU {
            perceptron = scope.child(
                "mlp",
                SwiGLU(width, hidden: numbers.hidden, initializers: initializers, in: context))
        } else {
            perceptron = scope.child(
                "mlp",
                VisionPerceptron(
                    width, hidden: numbers.hidden, activation: numbers.activation.kind,
                    initializers: initializers, in: context))
        }
        perceptronScale = scope.child("layer_scale2", layerScale())
    }

    func forward(_ input: Tensor) throws -> Tensor {
        let attended = try input + attentionScale(attention(attentionNorm(input)))
        return try attended + perceptronScale(perceptron(perceptronNorm(attended)))
    }
}
