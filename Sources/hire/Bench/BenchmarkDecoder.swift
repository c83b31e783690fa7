import HireArray
import HireNN
import HireTensor

/// Layers of Vicuna-7B with their output layer and a key-value cache of fixed capacity.
final class BenchmarkDecoder: Layer {
    /// New tokens' embeddings [1, T, width] at a position.
    struct Input {
        let embeddings: Tensor
        let start: Int
    }

    let scope = ModuleScope()
    static let width = 4096
    private let layers: ModuleList<BenchmarkDecoderBlock>
    private let norm: RMSNorm
    private let head: Linear
    private let angles: RotaryTable

    init(layers count: Int, positions: Int, in context: Context) throws {
        layers = scope.child(
            "layers",
            ModuleList(
                try (0..<count).map { _ in
                    try BenchmarkDecoderBlock(positions: positions, in: context)
                }))
        norm = scope.child("norm", RMSNorm(Self.width, in: context))
        head = scope.child("lm_head", Linear(Self.width, 32_000, bias: false, in: context))
        angles = try RotaryTable(
            positions: positions, headWidth: BenchmarkDecoderBlock.headWidth, in: context)
    }

    /// Logits of the last token.
    func forward(_ input: Input) throws -> Tensor {
        var x = input.embeddings
        for layer in layers {
            x = try layer(
                BenchmarkDecoderBlock.Input(embeddings: x, start: input.start, angles: angles))
        }
        return try head(norm(x.slice(1, x.shape[1] - 1, x.shape[1])))
    }

    /// Stores all weights of linear layers as bfloat16, drawing one after the other.
    func useBFloat16(from source: RandomSource) throws {
        for (_, parameter) in parameters() {
            parameter.isFrozen = true
            try parameter.initialize(from: source)
            guard parameter.allowsHalfStorage else { continue }
            let context = parameter.context
            let narrow = try context.backend.allocate(parameter.shape, .bfloat16)
            context.backend.copy(try parameter.tensor.array, into: narrow)
            try parameter.assign(narrow)
        }
    }
}

/// x += attention(norm x); x += down(silu(gate x) * up x).
final class BenchmarkDecoderBlock: Layer {
    struct Input {
        let embeddings: Tensor
        let start: Int
        let angles: RotaryTable
    }

    static let heads = 32
    static let headWidth = 128
    let scope = ModuleScope()
    private let query, key, value, output, gate, up, down: Linear
    private let attentionNorm, perceptronNorm: RMSNorm
    private let keys, values: NDArray

    init(positions: Int, in context: Context) throws {
        let (width, hidden) = (BenchmarkDecoder.width, 11_008)
        func linear(_ inputs: Int, _ outputs: Int) -> Linear {
            Linear(inputs, outputs, bias: false, in: context)
        }
        query = scope.child("q_proj", linear(width, width))
        key = scope.child("k_proj", linear(width, width))
        value = scope.child("v_proj", linear(width, width))
        output = scope.child("o_proj", linear(width, width))
        gate = scope.child("gate_proj", linear(width, hidden))
        up = scope.child("up_proj", linear(width, hidden))
        down = scope.child("down_proj", linear(hidden, width))
        attentionNorm = scope.child("input_layernorm", RMSNorm(width, in: context))
        perceptronNorm = scope.child("post_attention_layernorm", RMSNorm(width, in: context))
        let cache = [1, Self.heads, positions, Self.headWidth]
        keys = try context.backend.allocate(cache, .float32)
        values = try context.backend.allocate(cache, .float32)
        for array in [keys, values] { context.backend.fill(array, 0.5) }
    }

    func forward(_ input: Input) throws -> Tensor {
        let x = input.embeddings
        let end = input.start + x.shape[1]
        let normed = try attentionNorm(x)
        let q = try input.angles.rotate(split(query(normed)), start: input.start)
        let k = try input.angles.rotate(split(key(normed)), start: input.start)
        let mixed = try q.scaledDotProductAttention(
            cached(k, keys, input.start, end),
            cached(split(value(normed)), values, input.start, end),
            isCausal: true, queryOffset: input.start)
        let attended = try x + output(mixed.transpose(1, 2).reshape(x.shape))
        let inner = try perceptronNorm(attended)
        return try attended + down(gate(inner).silu() * up(inner))
    }

    /// Writes new rows into the cache and gives all rows so far.
    private func cached(
        _ new: Tensor, _ cache: NDArray, _ start: Int, _ end: Int
    ) throws -> Tensor {
        new.context.backend.copy(
            new.array, into: cache.sliced(axis: 2, start: start, length: end - start))
        return Tensor(cache.sliced(axis: 2, start: 0, length: end), in: new.context)
    }

    /// [1, T, width] as [1, heads, T, head width].
    private func split(_ x: Tensor) throws -> Tensor {
        try x.reshape([1, x.shape[1], Self.heads, Self.headWidth]).transpose(1, 2)
    }
}
