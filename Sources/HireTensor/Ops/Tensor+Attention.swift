import HireArray

/// The transformer's own operations.
extension Tensor {
    /// Rotary position embedding of [..., T, d]: pairs (j, j + d/2) turned by given angles.
    ///
    /// - Parameters:
    ///   - cosines: [T, d/2], constants.
    ///   - sines: [T, d/2], constants.
    public func rope(_ cosines: Tensor, _ sines: Tensor) throws -> Tensor {
        try requireNumbers("rope")
        guard rank >= 2, shape[rank - 1] % 2 == 0 else {
            throw ArrayError.shape(
                operation: "rope", expected: "[..., T, d] with even d", got: "\(shape)")
        }
        let angles = [shape[rank - 2], shape[rank - 1] / 2]
        try requireCompanion("rope", cosines, shape: angles, called: "cosines")
        try requireCompanion("rope", sines, shape: angles, called: "sines")
        return try rotated(cosines.array, sines.array, inverse: false)
    }

    private func rotated(_ cosines: NDArray, _ sines: NDArray, inverse: Bool) throws -> Tensor {
        let out = try backend.allocate(shape, dtype)
        backend.rope(array, cosines: cosines, sines: sines, inverse: inverse, into: out)
        context.note("rope", [array, cosines, sines], out)
        return recorded(out) { [try $0.rotated(cosines, sines, inverse: !inverse)] }
    }

    /// `F.scaled_dot_product_attention`: this is q [b, h, tq, d], over k and v [b, hk, tk, d]; head i reads key head
    /// i / (h/hk).
    ///
    /// Multiply-adds: q*k and probabilities*v over the whole square, whatever is masked; twice that backward.
    ///
    /// - Parameters:
    ///   - mask: broadcasts to [b, h, tq, tk]; bool (true may be seen) or numbers added to the scores.
    ///   - isCausal: query i sees keys up to i + `queryOffset`.
    ///   - scale: factor on the scores; nil means 1/sqrt(d).
    ///   - queryOffset: keys before the first query (the length of a key-value cache).
    public func scaledDotProductAttention(
        _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
        scale: Double? = nil, queryOffset: Int = 0
    ) throws -> Tensor {
        try attention(k, v, mask, isCausal, scale, queryOffset, keepsProbabilities: false).output
    }

    /// `scaledDotProductAttention` that also gives the probabilities [b, h, tq, tk], which carry no gradient.
    public func scaledDotProductAttentionWithProbabilities(
        _ k: Tensor, _ v: Tensor, mask: Tensor? = nil, isCausal: Bool = false,
        scale: Double? = nil, queryOffset: Int = 0
    ) throws -> (output: Tensor, probabilities: Tensor) {
        let (output, probabilities) = try attention(
            k, v, mask, isCausal, scale, queryOffset, keepsProbabilities: true)
        guard let probabilities else {
            preconditionFailure("Attention must keep the probabilities it was asked for.")
        }
        return (output, constant(probabilities))
    }

    private func attention(
        _ k: Tensor, _ v: Tensor, _ mask: Tensor?, _ isCausal: Bool, _ scale: Double?,
        _ queryOffset: Int, keepsProbabilities: Bool
    ) throws -> (output: Tensor, probabilities: NDArray?) {
        let name = "scaled_dot_product_attention"
        let scores = try attentionShape(name, k, v)
        let added = try mask.map { try $0.addedMask(name, scores, like: self) }
        let kernel = AttentionKernel(
            scale: scale ?? 1 / Double(shape[3]).squareRoot(), isCausal: isCausal,
            queryOffset: Swift.max(-(1 << 31), Swift.min(queryOffset, 1 << 31)))
        if let added, added.isRecorded {
            return try composedAttention(k, v, added, kernel)
        }
        let records = isRecorded || k.isRecorded || v.isRecorded
        let probabilities =
            records || keepsProbabilities ? try backend.allocate(scores, dtype) : nil
        let out = try backend.allocate(shape, dtype)
        backend.attention(
            array, k.array, v.array, mask: added?.array.expanded(to: scores), kernel, into: out,
            probabilities: probabilities)
        let work = 2 * scores.elementCount * shape[3]
        context.note(name, [array, k.array, v.array], out, multiplyAdds: work)
        guard records, let probabilities else { return (constant(out), probabilities) }
        let (q, kArray, vArray) = (array, k.array, v.array)
        let output = Tensor.record(out, from: [self, k, v]) { gradient, needs in
            let backend = gradient.backend
            let queries = try backend.allocate(q.shape, q.dtype)
            let keys = try backend.allocate(kArray.shape, q.dtype)
            let values = try backend.allocate(vArray.shape, q.dtype)
            backend.attentionGradient(
                q, kArray, vArray, probabilities: probabilities, kernel, gradient.array,
                queries: queries, keys: keys, values: values)
            gradient.context.note(
                name, [q, kArray, vArray, gradient.array], queries, multiplyAdds: 2 * work)
            return zip([queries, keys, values], needs).map { $1 ? gradient.constant($0) : nil }
        }
        return (output, probabilities)
    }

    /// Attention from smaller operations, for a mask that itself learns.
    private func composedAttention(
        _ k: Tensor, _ v: Tensor, _ mask: Tensor, _ kernel: AttentionKernel
    ) throws -> (output: Tensor, probabilities: NDArray?) {
        let share = shape[1] / k.shape[1]
        let keys = try k.repeatInterleave(share, 1)
        let values = try v.repeatInterleave(share, 1)
        var scores = try matmul(keys.transpose(-1, -2)).scaled(by: kernel.scale) + mask
        if kernel.isCausal {
            let (queries, length) = (shape[2], k.shape[2])
            let hidden = (0..<queries).flatMap { query in
                (0..<length).map { $0 > query + kernel.queryOffset }
            }
            scores = try scores.maskedFill(context.tensor(hidden, [queries, length]), -.infinity)
        }
        let probabilities = try scores.softmax()
        return (try probabilities.matmul(values), probabilities.array)
    }

    /// Checks q, k and v and gives the shape of the scores.
    private func attentionShape(_ name: String, _ k: Tensor, _ v: Tensor) throws -> Shape {
        try requireRank(4, name, layout: "[b, h, tq, d] for the queries")
        try Tensor.requireNumbers(name, self, k)
        try Tensor.requireNumbers(name, self, v)
        guard k.rank == 4, k.shape == v.shape, k.shape[0] == shape[0], k.shape[3] == shape[3],
            k.shape[1] > 0, shape[1] % k.shape[1] == 0
        else {
            throw ArrayError.shape(
                operation: name,
                expected:
                    "keys and values [\(shape[0]), heads dividing \(shape[1]), tk, \(shape[3])]",
                got: "\(k.shape) and \(v.shape)")
        }
        return [shape[0], shape[1], shape[2], k.shape[2]]
    }

    /// This mask as numbers to add to scores of the given shape.
    private func addedMask(_ name: String, _ scores: Shape, like queries: Tensor) throws -> Tensor {
        let fits = rank <= 4 && (try? shape.broadcast(with: scores, operation: name)) == scores
        guard fits else {
            throw ArrayError.shape(
                operation: name, expected: "a mask that broadcasts to \(scores)", got: "\(shape)")
        }
        guard dtype == .bool else {
            try Tensor.requireNumbers(name, queries, self)
            return self
        }
        let seen = try context.full([], 0, dtype: queries.dtype)
        let hidden = try context.full([], -.infinity, dtype: queries.dtype)
        return try Tensor.select(self, seen, hidden)
    }
}
