import HireNN
import HireTensor

/// One pre-norm transformer block, with CLIP's names: [N, T, width] to the same.
final class VisionBlock: Layer {
    let scope = ModuleScope()
    private let attentionNorm: LayerNorm
    private let attention: MultiHeadAttention
    private let perceptronNorm: LayerNorm
    private let perceptron: VisionPerceptron

    init(width: Int, heads: Int, hidden: Int, in context: Context) {
        attentionNorm = scope.child("layer_norm1", LayerNorm(width, in: context))
        attention = scope.child("self_attn", MultiHeadAttention(width, heads: heads, in: context))
        perceptronNorm = scope.child("layer_norm2", LayerNorm(width, in: context))
        perceptron = scope.child("mlp", VisionPerceptron(width, hidden: hidden, in: context))
    }

    func forward(_ input: Tensor) throws -> Tensor {
        let attended = try input + attention(attentionNorm(input))
        return try attended + perceptron(perceptronNorm(attended))
    }
}

/// Linear, GELU (erf), Linear.
final class VisionPerceptron: Layer {
    let scope = ModuleScope()
    private let first: Linear
    private let second: Linear

    init(_ width: Int, hidden: Int, in context: Context) {
        first = scope.child("fc1", Linear(width, hidden, in: context))
        second = scope.child("fc2", Linear(hidden, width, in: context))
    }

    func forward(_ input: Tensor) throws -> Tensor { try second(first(input).gelu()) }
}
