import HireNN
import HireTensor

/// Causal self-attention with rotary positions and grouped key-value heads: `LlamaAttention`, `Qwen2Attention`.
///
/// The probabilities [N, heads, Tq, Tk] can be captured and edited at `probabilities`.
final class DecoderAttention: Layer {
    let scope = ModuleScope()
    private let heads, keyValueHeads, headWidth: Int
    private let index: Int
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private static let probabilities = "probabilities"

    init(_ architecture: DecoderArchitecture, index: Int, in context: Context) {
        self.index = index
        heads = architecture.heads
        keyValueHeads = architecture.keyValueHeads
        headWidth = architecture.headWidth
        let width = architecture.width
        let (queryWidth, keyWidth) = (heads * headWidth, keyValueHeads * headWidth)
        let bias = architecture.hasQueryBias
        query = scope.child("q_proj", architecture.linear(width, queryWidth, bias, context))
        key = scope.child("k_proj", architecture.linear(width, keyWidth, bias, context))
        value = scope.child("v_proj", architecture.linear(width, keyWidth, bias, context))
        output = scope.child(
            "o_proj",
            architecture.linear(queryWidth, width, architecture.hasOutputBias, context))
        scope.declareCapture(Self.probabilities)
    }

    func forward(_ input: DecoderInput) throws -> Tensor {
        let x = input.embeddings
        let q = try split(query(x), heads).rope(input.cosines, input.sines)
        var k = try split(key(x), keyValueHeads).rope(input.cosines, input.sines)
        var v = try split(value(x), keyValueHeads)
        let offset = input.cache?.length ?? 0
        if let cache = input.cache {
            let isRecorded =
                x.context.recordsGradients
                && (q.requiresGradient || k.requiresGradient || v.requiresGradient)
            (k, v) = try cache.extended(index, k, v, isRecorded: isRecorded)
        }
        let mixed = try attend(q, k, v, offset: offset)
        return try output(
            mixed.transpose(1, 2).reshape([x.shape[0], x.shape[1], heads * headWidth]))
    }

    private func attend(_ q: Tensor, _ k: Tensor, _ v: Tensor, offset: Int) throws -> Tensor {
        guard scope.isCaptured(Self.probabilities) else {
            return try q.scaledDotProductAttention(k, v, isCausal: true, queryOffset: offset)
        }
        let (result, probabilities) = try q.scaledDotProductAttentionWithProbabilities(
            k, v, isCausal: true, queryOffset: offset)
        let shown = try scope.capture(Self.probabilities, probabilities)
        guard scope.isEdited(Self.probabilities) else { return result }
        return try shown.matmul(v.repeatInterleave(heads / keyValueHeads, 1))
    }

    /// [N, T, heads * width] as [N, heads, T, width].
    private func split(_ x: Tensor, _ heads: Int) throws -> Tensor {
        try x.reshape([x.shape[0], x.shape[1], heads, headWidth]).transpose(1, 2)
    }
}

extension DecoderArchitecture {
    /// A linear layer that begins as this architecture's do.
    func linear(_ inputs: Int, _ outputs: Int, _ bias: Bool, _ context: Context) -> Linear {
        Linear(
            inputs, outputs, bias: bias, weight: weightInitializer, bias: biasInitializer,
            in: context)
    }
}
