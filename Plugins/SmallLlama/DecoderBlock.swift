import HireNN
import HireTensor

/// One Llama block: x += attention(norm x); x += perceptron(norm x).
final class DecoderBlock: Module {
    let scope = ModuleScope()
    private let attention: DecoderAttention
    private let perceptron: GatedPerceptron
    private let inputNorm: RMSNorm
    private let outputNorm: RMSNorm

    init(_ configuration: SmallLlamaConfiguration, index: Int, in context: Context) {
        attention = scope.child(
            "self_attn", DecoderAttention(configuration, index: index, in: context))
        perceptron = scope.child("mlp", GatedPerceptron(configuration, in: context))
        inputNorm = scope.child(
            "input_layernorm",
            RMSNorm(configuration.width, epsilon: configuration.epsilon, in: context))
        outputNorm = scope.child(
            "post_attention_layernorm",
            RMSNorm(configuration.width, epsilon: configuration.epsilon, in: context))
    }
}

extension DecoderBlock: Layer {
    /// Embeddings with the rotary angles of their positions and the cache, if any.
    struct Input {
        let embeddings: Tensor
        let cosines: Tensor
        let sines: Tensor
        let cache: KeyValueCache?
    }

    func forward(_ input: Input) throws -> Tensor {
        let x = input.embeddings
        let attended =
            try x
            + attention(
                DecoderAttention.Input(
                    embeddings: inputNorm(x), cosines: input.cosines, sines: input.sines,
                    cache: input.cache))
        return try attended + perceptron(outputNorm(attended))
    }
}

/// down(silu(gate x) * up x), without biases.
final class GatedPerceptron: Layer {
    let scope = ModuleScope()
    private let gate: Linear
    private let up: Linear
    private let down: Linear

    init(_ configuration: SmallLlamaConfiguration, in context: Context) {
        let (width, hidden) = (configuration.width, configuration.hidden)
        gate = scope.child("gate_proj", Linear(width, hidden, bias: false, in: context))
        up = scope.child("up_proj", Linear(width, hidden, bias: false, in: context))
        down = scope.child("down_proj", Linear(hidden, width, bias: false, in: context))
    }

    func forward(_ input: Tensor) throws -> Tensor {
        try down(gate(input).silu() * up(input))
    }
}
