import HireArray

/// Matrix products. A multiply-add counts once; float16 and bfloat16 operands are read as they are stored, and
/// their gradients, where wanted, are float32.
extension Tensor {
    /// The matrix product with `torch.matmul`'s rules: leading axes broadcast, a vector on the left is a row and one
    /// on the right a column.
    ///
    /// - Throws: `ArrayError.shape` where the inner extents differ or leading axes do not broadcast.
    public func matmul(_ other: Tensor) throws -> Tensor {
        guard context === other.context else {
            throw GraphError.mixedContexts(operation: "matmul")
        }
        let inner = rank == 0 ? 0 : shape[rank - 1]
        let otherInner = other.rank == 0 ? 0 : other.shape[Swift.max(other.rank - 2, 0)]
        guard rank > 0, other.rank > 0, inner == otherInner else {
            throw ArrayError.shape(
                operation: "matmul", expected: "[..., m, k] and [..., k, n] with equal k",
                got: "\(shape) and \(other.shape)")
        }
        if rank == 1 { return try unsqueeze(0).matmul(other).squeeze(other.rank == 1 ? 0 : -2) }
        if other.rank == 1 { return try matmul(other.unsqueeze(1)).squeeze(-1) }
        if other.rank == 2, rank > 2 {
            // One tall product instead of many: its gradient for `other` needs no sum over the batch.
            let folded = try reshape([shape.dropLast().reduce(1, *), inner])
            return try folded.product(other).reshape(Array(shape.dropLast()) + [other.shape[1]])
        }
        return try product(other)
    }

    private func product(_ other: Tensor) throws -> Tensor {
        let (a, b) = (array, other.array)
        try Tensor.requireProduct("matmul", self, other)
        let lead = try Array(a.shape.dropLast(2)).broadcast(
            with: Array(b.shape.dropLast(2)), operation: "matmul")
        let (m, k, n) = (a.shape[rank - 2], a.shape[rank - 1], b.shape[other.rank - 1])
        let out = try backend.allocate(lead + [m, n], a.dtype == .float64 ? .float64 : .float32)
        backend.matmul(
            a.expanded(to: lead + [m, k]), b.expanded(to: lead + [k, n]), bias: nil, into: out)
        context.note("matmul", [a, b], out, multiplyAdds: out.count * k)
        let keptA = other.node == nil ? nil : detached()
        let keptB = node == nil ? nil : other.detached()
        return Tensor.recorded(out, self, other) { gradient in
            [
                try keptB.map { try gradient.product($0.transpose(-1, -2)).summed(to: a.shape) },
                try keptA.map { try $0.transpose(-1, -2).product(gradient).summed(to: b.shape) },
            ]
        }
    }

    /// x * weight^T + bias over the last axis (`F.linear`).
    ///
    /// - Parameters:
    ///   - weight: [out, in]; may be float16 or bfloat16.
    ///   - bias: [out].
    public func linear(_ weight: Tensor, _ bias: Tensor? = nil) throws -> Tensor {
        guard context === weight.context else {
            throw GraphError.mixedContexts(operation: "linear")
        }
        guard rank > 0, weight.rank == 2, weight.shape[1] == shape[rank - 1] else {
            throw ArrayError.shape(
                operation: "linear", expected: "[..., in] and a weight of shape [out, in]",
                got: "\(shape) and \(weight.shape)")
        }
        try requireNumbers("linear")
        try Tensor.requireProduct("linear", self, weight)
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        try requireCompanion("linear", bias, shape: [outputs], called: "a bias")
        let rows = shape.dropLast().reduce(1, *)
        let x = try foldedRows(rows, inputs)
        let out = try backend.allocate([rows, outputs], dtype)
        let w = weight.array
        backend.matmul(x, w.transposed(0, 1), bias: bias?.array, into: out)
        context.note("linear", [x, w], out, multiplyAdds: rows * inputs * outputs)
        var newShape = shape
        newShape[rank - 1] = outputs
        let result = NDArray(storage: out.storage, dtype: dtype, shape: newShape)
        let shape = shape
        let keptX = weight.node == nil ? nil : x
        return Tensor.record(result, from: [self, weight] + (bias.map { [$0] } ?? [])) {
            gradient, needs in
            let folded = try gradient.constant(gradient.foldedRows(rows, outputs))
            var gradients: [Tensor?] = [nil, nil]
            if needs[0] {
                gradients[0] = try folded.product(folded.constant(w)).reshape(shape)
            }
            if let keptX, needs[1] {
                gradients[1] = try folded.transpose(0, 1).product(folded.constant(keptX))
            }
            if needs.count > 2 { gradients.append(needs[2] ? try folded.sum(dims: [0]) : nil) }
            return gradients
        }
    }

    /// All leading axes folded into one: a view where memory allows it, else a copy.
    private func foldedRows(_ rows: Int, _ columns: Int) throws -> NDArray {
        let contiguous = try backend.contiguous(array)
        if contiguous.storage !== array.storage {
            context.note("contiguous", [array], contiguous)
        }
        return NDArray(
            storage: contiguous.storage, dtype: dtype, shape: [rows, columns],
            offset: contiguous.offset)
    }

    /// Checks the dtypes of a product: equal ones, or float32 beside a half-width one.
    private static func requireProduct(_ operation: String, _ a: Tensor, _ b: Tensor) throws {
        if a.dtype == .float32, b.dtype == .float32 { return }
        let half: Set<DType> = [.float16, .bfloat16]
        if a.dtype == .float32, half.contains(b.dtype) { return }
        if b.dtype == .float32, half.contains(a.dtype) { return }
        try requireNumbers(operation, a, b)
    }
}
