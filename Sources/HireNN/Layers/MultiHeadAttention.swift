import HireArray
import HireTensor

/// Attention with several heads over tokens [N, T, width]: `nn.MultiheadAttention`, `batch_first`, one matrix per role.
///
/// Children are `q_proj`, `k_proj`, `v_proj` and `out_proj`, or what `Names` says; unless others are given, the initial
/// distributions are those of PyTorch's packed matrix. The probabilities [N, heads, Tq, Tk] can be captured and edited
/// at `attention.probabilities`.
public final class MultiHeadAttention: Layer {
    /// The paths of the four projections below the layer.
    public struct Names: Sendable {
        let query: String
        let key: String
        let value: String
        let output: String

        /// `q_proj`, `k_proj`, `v_proj`, `out_proj`: CLIP, SigLIP.
        public static let flat = Names(
            query: "q_proj", key: "k_proj", value: "v_proj", output: "out_proj")
        /// `attention.query`, `attention.key`, `attention.value`, `output.dense`: ViT, DINOv2.
        public static let nested = Names(
            query: "attention.query", key: "attention.key", value: "attention.value",
            output: "output.dense")
    }

    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// The number of heads.
    public let heads: Int
    private let query: Linear
    private let key: Linear
    private let value: Linear
    private let output: Linear
    private static let probabilities = "attention.probabilities"

    /// A layer of the given width, which the heads divide.
    ///
    /// - Parameters:
    ///   - bias: whether query, key and value have biases, which begin with zeros.
    ///   - outputBias: whether the output has one; as the others if nil.
    ///   - names: the paths of the projections.
    ///   - input: how the weights of query, key and value begin.
    ///   - output: how the output's weight begins.
    public init(
        _ width: Int, heads: Int, bias: Bool = true, outputBias: Bool? = nil,
        names: Names = .flat, input: Initializer? = nil, output outer: Initializer? = nil,
        in context: Context
    ) {
        self.heads = heads
        let inner = input ?? .xavierUniform(fanIn: width, fanOut: 3 * width)
        func projection() -> Linear {
            Linear(width, width, bias: bias, weight: inner, bias: .zeros, in: context)
        }
        query = scope.child(at: names.query, projection())
        key = scope.child(at: names.key, projection())
        value = scope.child(at: names.value, projection())
        output = scope.child(
            at: names.output,
            Linear(
                width, width, bias: outputBias ?? bias, weight: outer, bias: .zeros, in: context))
        scope.declareCapture(Self.probabilities)
    }

    /// Attention of tokens over themselves.
    public func forward(_ tokens: Tensor) throws -> Tensor {
        try attend(tokens, tokens, tokens, mask: nil, isCausal: false)
    }

    /// Attention of queries [N, Tq, width] over keys and values [N, Tk, width].
    ///
    /// - Parameters:
    ///   - mask: broadcasts to [N, heads, Tq, Tk]; bool (true may be seen) or numbers added to the scores.
    ///   - isCausal: query i sees keys 0...i only.
    public func callAsFunction(
        _ queries: Tensor, keys: Tensor, values: Tensor, mask: Tensor? = nil,
        isCausal: Bool = false
    ) throws -> Tensor {
        try scope.run(in: queries.context) {
            try attend(queries, keys, values, mask: mask, isCausal: isCausal)
        }
    }

    private func attend(
        _ queries: Tensor, _ keys: Tensor, _ values: Tensor, mask: Tensor?, isCausal: Bool
    ) throws -> Tensor {
        guard heads > 0, query.outputs % heads == 0 else {
            throw ArrayError.argument(
                operation: "attention", name: "heads", expected: "a divisor of \(query.outputs)",
                got: "\(heads)")
        }
        guard queries.rank == 3, keys.rank == 3, values.rank == 3 else {
            throw ArrayError.shape(
                operation: "attention", expected: "tokens [N, T, D]",
                got: "\(queries.shape), \(keys.shape) and \(values.shape)")
        }
        let q = try split(query(queries))
        let k = try split(key(keys))
        let v = try split(value(values))
        var attended: Tensor
        if scope.isCaptured(Self.probabilities) {
            let (result, probabilities) = try q.scaledDotProductAttentionWithProbabilities(
                k, v, mask: mask, isCausal: isCausal)
            let shown = try scope.capture(Self.probabilities, probabilities)
            attended = scope.isEdited(Self.probabilities) ? try shown.matmul(v) : result
        } else {
            attended = try q.scaledDotProductAttention(k, v, mask: mask, isCausal: isCausal)
        }
        attended = try attended.transpose(1, 2).reshape(queries.shape)
        return try output(attended)
    }

    /// [N, T, width] to [N, heads, T, width / heads].
    private func split(_ x: Tensor) throws -> Tensor {
        try x.reshape([x.shape[0], x.shape[1], heads, x.shape[2] / heads]).transpose(1, 2)
    }
}
