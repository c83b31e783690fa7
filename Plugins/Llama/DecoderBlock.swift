import HireNN
import HireTensor

/// One Llama block: x += attention(norm x); x += perceptron(norm x).
final class DecoderBlock: Layer {
    let scope = ModuleScope()
    private let attention: DecoderAttention
    private let perceptron: GatedPerceptron
    private let inputNorm: RMSNorm
    private let outputNorm: RMSNorm

    init(_ architecture: DecoderArchitecture, index: Int, in context: Context) {
        attention = scope.child(
            "self_attn", DecoderAttention(architecture, index: index, in: context))
        perceptron = scope.child("mlp", GatedPerceptron(architecture, in: context))
        inputNorm = scope.child("input_layernorm", architecture.norm(context))
        outputNorm = scope.child("post_attention_layernorm", architecture.norm(context))
    }

    func forward(_ input: DecoderInput) throws -> Tensor {
        let x = input.embeddings
        let attended = try x + attention(input.with(inputNorm(x)))
        return try attended + perceptron(outputNorm(attended))
    }
}

/// down(activation(gate x) * up x): `LlamaMLP`.
final class GatedPerceptron: Layer {
    let scope = ModuleScope()
    private let activation: GateActivation
    private let gate: Linear
    private let up: Linear
    private let down: Linear

    init(_ architecture: DecoderArchitecture, in context: Context) {
        let (width, hidden) = (architecture.width, architecture.hidden)
        let bias = architecture.hasPerceptronBias
        activation = architecture.activation
        gate = scope.child("gate_proj", architecture.linear(width, hidden, bias, context))
        up = scope.child("up_proj", architecture.linear(width, hidden, bias, context))
        down = scope.child("down_proj", architecture.linear(hidden, width, bias, context))
    }

    func forward(_ input: Tensor) throws -> Tensor {
        try down(activation(gate(input)) * up(input))
    }
}

extension DecoderArchitecture {
    /// A norm over tokens.
    func norm(_ context: Context) -> RMSNorm { RMSNorm(width, epsilon: epsilon, in: context) }
}
