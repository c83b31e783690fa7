import HireNN
import HireTensor

/// Causal self-attention with rotary positions and grouped key-value heads, without biases.
final class DecoderAttention: Layer {
    struct Input {
        let embeddings: Tensor
        let cosines: Tensor
        let sines: Tensor
        let cache: KeyValueCache?
    }

    let scope = ModuleScope()
    private let heads: Int
    private let keyValueHeads: Int
    private let headSize: Int
    private let index: Int
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear

    init(_ configuration: SmallLlamaConfiguration, index: Int, in context: Context) {
        self.index = index
        heads = configuration.heads
        keyValueHeads = configuration.keyValueHeads
        headSize = configuration.width / configuration.heads
        let width = configuration.width
        let keyWidth = keyValueHeads * headSize
        query = scope.child("q_proj", Linear(width, width, bias: false, in: context))
        key = scope.child("k_proj", Linear(width, keyWidth, bias: false, in: context))
        value = scope.child("v_proj", Linear(width, keyWidth, bias: false, in: context))
        output = scope.child("o_proj", Linear(width, width, bias: false, in: context))
        scope.declareCapture("probabilities")
    }

    func forward(_ input: Input) throws -> Tensor {
        let x = input.embeddings
        let (batch, length) = (x.shape[0], x.shape[1])
        let q = try split(query(x), heads).rope(input.cosines, input.sines)
        var k = try split(key(x), keyValueHeads).rope(input.cosines, input.sines)
        var v = try split(value(x), keyValueHeads)
        let offset = input.cache?.length ?? 0
        if let cache = input.cache { (k, v) = try cache.extended(index, k, v) }
        let mixed: Tensor
        if scope.isCaptured("probabilities") {
            let (result, probabilities) = try q.scaledDotProductAttentionWithProbabilities(
                k, v, isCausal: true, queryOffset: offset)
            _ = try scope.capture("probabilities", probabilities)
            mixed = result
        } else {
            mixed = try q.scaledDotProductAttention(k, v, isCausal: true, queryOffset: offset)
        }
        return try output(mixed.transpose(1, 2).reshape([batch, length, heads * headSize]))
    }

    /// [N, T, heads * size] as [N, heads, T, size].
    private func split(_ x: Tensor, _ heads: Int) throws -> Tensor {
        try x.reshape([x.shape[0], x.shape[1], heads, headSize]).transpose(1, 2)
    }
}
