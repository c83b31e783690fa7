import HireArray

/// Reading and adding at indices, which are int32 and zero-based. Where there are values, every index is checked.
extension Tensor {
    /// The given indices (rank 1) of one axis (`torch.index_select`).
    public func indexSelect(dim: Int, _ indices: Tensor) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "index_select")
        try indices.requireRank(1, "index_select", layout: "[n] for indices")
        try indices.requireIndices("index_select", below: shape[axis], in: context)
        var newShape = shape
        newShape[axis] = indices.count
        let out = try backend.allocate(newShape, dtype)
        backend.indexSelect(array, axis: axis, indices.array, into: out)
        context.note("index_select", [array, indices.array], out)
        let shape = shape
        return recorded(out) { gradient in
            let result = try gradient.zeroArray(shape)
            gradient.backend.indexAdd(gradient.array, axis: axis, indices.array, into: result)
            gradient.context.note("index_add", [gradient.array, indices.array], result)
            return [gradient.constant(result)]
        }
    }

    /// The rows of a table [V, D] at ids of any shape: [..., D] (`F.embedding`).
    ///
    /// Half-width tables give the context's dtype.
    public static func embedding(_ weight: Tensor, _ ids: Tensor) throws -> Tensor {
        try weight.requireRank(2, "embedding", layout: "[V, D] for the table")
        try ids.requireIndices("embedding", below: weight.shape[0], in: weight.context)
        let rows = try weight.indexSelect(dim: 0, ids.reshape([ids.count]))
        let computed =
            try weight.backend.supports(weight.dtype)
            ? rows : rows.cast(to: weight.context.dtype)
        return try computed.reshape(ids.shape + [weight.shape[1]])
    }

    /// result[i][j] = x[i][indices[i][j]] for `dim` 1, and so on (`torch.gather`).
    ///
    /// Indices have x's rank, and no extent larger than x's but along `dim`.
    public func gather(dim: Int, _ indices: Tensor) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "gather")
        try requireFit("gather", indices, axis)
        let out = try backend.allocate(indices.shape, dtype)
        backend.gather(array, axis: axis, indices.array, into: out)
        context.note("gather", [array, indices.array], out)
        let shape = shape
        return recorded(out) { gradient in
            let result = try gradient.zeroArray(shape)
            gradient.backend.scatterAdd(gradient.array, axis: axis, indices.array, into: result)
            gradient.context.note("scatter_add", [gradient.array, indices.array], result)
            return [gradient.constant(result)]
        }
    }

    /// A copy to which `source` was added at indices along an axis; repeated indices add up
    /// (`Tensor.scatter_add`).
    ///
    /// Indices and source have one shape.
    public func scatterAdd(dim: Int, _ indices: Tensor, _ source: Tensor) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "scatter_add")
        try requireFit("scatter_add", indices, axis)
        try requireCompanion("scatter_add", source, shape: indices.shape, called: "a source")
        let out = try copied("scatter_add")
        backend.scatterAdd(source.array, axis: axis, indices.array, into: out)
        context.note("scatter_add", [array, indices.array, source.array], out)
        let needsSource = source.node != nil
        return Tensor.recorded(out, self, source) { gradient in
            [gradient, needsSource ? try gradient.gather(dim: axis, indices) : nil]
        }
    }

    /// A copy to which slices of `source` were added at indices (rank 1) of an axis; repeated indices add up
    /// (`Tensor.index_add`).
    public func indexAdd(dim: Int, _ indices: Tensor, _ source: Tensor) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "index_add")
        try indices.requireRank(1, "index_add", layout: "[n] for indices")
        try indices.requireIndices("index_add", below: shape[axis], in: context)
        var expected = shape
        expected[axis] = indices.count
        try requireCompanion("index_add", source, shape: expected, called: "a source")
        let out = try copied("index_add")
        backend.indexAdd(source.array, axis: axis, indices.array, into: out)
        context.note("index_add", [array, indices.array, source.array], out)
        let needsSource = source.node != nil
        return Tensor.recorded(out, self, source) { gradient in
            [gradient, needsSource ? try gradient.indexSelect(dim: axis, indices) : nil]
        }
    }

    private func copied(_ operation: String) throws -> NDArray {
        try requireNumbers(operation)
        let out = try backend.allocate(shape, dtype)
        backend.copy(array, into: out)
        return out
    }

    private func requireFit(_ operation: String, _ indices: Tensor, _ axis: Int) throws {
        let fits =
            indices.rank == rank
            && shape.indices.allSatisfy { $0 == axis || indices.shape[$0] <= shape[$0] }
        guard fits else {
            throw ArrayError.shape(
                operation: operation,
                expected: "indices of rank \(rank), within \(shape) but for dimension \(axis)",
                got: "\(indices.shape)")
        }
        try indices.requireIndices(operation, below: shape[axis], in: context)
    }
}
