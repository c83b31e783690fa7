import HireArray
import HireTensor

/// Attention with several heads over tokens [N, T, width]: `nn.MultiheadAttention`, `batch_first`, one matrix per role.
///
/// Children are `q_proj`, `k_proj`, `v_proj` and `out_proj`; the initial distributions are those of PyTorch's packed
/// matrix. The probabilities [N, heads, Tq, Tk] can be captured and edited at `attention.probabilities`.
public final class MultiHeadAttention: Layer {
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
    public init(_ width: Int, heads: Int, bias: Bool = true, in context: Context) {
        self.heads = heads
        let packed = Initializer.xavierUniform(fanIn: width, fanOut: 3 * width)
        func projection() -> Linear {
            Linear(width, width, bias: bias, weight: packed, bias: .zeros, in: context)
        }
        query = scope.child("q_proj", projection())
        key = scope.child("k_proj", projection())
        value = scope.child("v_proj", projection())
        output = scope.child(
            "out_proj", Linear(width, width, bias: bias, bias: .zeros, in: context))
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
