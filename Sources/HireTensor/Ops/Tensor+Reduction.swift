import HireArray

/// Reductions; `dims` nil means all axes, negative ones count from the end. With `keepDims` reduced axes stay
/// with extent 1.
extension Tensor {
    /// The sum (`torch.sum`).
    public func sum(dims: [Int]? = nil, keepDims: Bool = false) throws -> Tensor {
        let reduction = try Reduction("sum", shape, dims)
        let out = try reduce(.sum, reduction, keepDims: keepDims)
        let shape = shape
        return recorded(out) { gradient in
            [try gradient.reshape(reduction.keptShape).expand(shape)]
        }
    }

    /// The mean (`torch.mean`).
    public func mean(dims: [Int]? = nil, keepDims: Bool = false) throws -> Tensor {
        let reduction = try Reduction("mean", shape, dims)
        return try sum(dims: dims, keepDims: keepDims).scaled(by: 1 / Double(reduction.length))
    }

    /// The largest element (`torch.amax`); elements that share it share the gradient.
    public func max(dims: [Int]? = nil, keepDims: Bool = false) throws -> Tensor {
        try extreme(.max, "amax", dims, keepDims)
    }

    /// The smallest element (`torch.amin`); elements that share it share the gradient.
    public func min(dims: [Int]? = nil, keepDims: Bool = false) throws -> Tensor {
        try extreme(.min, "amin", dims, keepDims)
    }

    /// The variance (`torch.var`); `unbiased` divides by n - 1, else by n.
    public func variance(
        dims: [Int]? = nil, unbiased: Bool = true, keepDims: Bool = false
    ) throws -> Tensor {
        let reduction = try Reduction("var", shape, dims)
        let divisor = Double(reduction.length - (unbiased ? 1 : 0))
        let centred = try self - mean(dims: dims, keepDims: true)
        return try centred.square().sum(dims: dims, keepDims: keepDims).scaled(by: 1 / divisor)
    }

    /// log(sum(exp(x))), computed without overflow (`torch.logsumexp`).
    public func logSumExp(dims: [Int]? = nil, keepDims: Bool = false) throws -> Tensor {
        try requireNumbers("logsumexp")
        let reduction = try Reduction("logsumexp", shape, dims)
        let largest = try detached().max(dims: dims, keepDims: true)
        let infinite = try largest.abs().eq(.infinity)
        let shift = try largest.maskedFill(infinite, 0)
        let total = try (self - shift).exp().sum(dims: dims, keepDims: true).log() + shift
        return keepDims ? total : try total.reshape(reduction.shape(keepDims: false))
    }

    /// The Euclidean norm (`torch.linalg.vector_norm`); its derivative at 0 is 0.
    public func norm(dims: [Int]? = nil, keepDims: Bool = false) throws -> Tensor {
        try requireNumbers("norm")
        let reduction = try Reduction("norm", shape, dims)
        let x = detached()
        let out = try x.square().sum(dims: dims, keepDims: keepDims).sqrt()
        return recorded(out.array) { gradient in
            let root = try out.reshape(reduction.keptShape)
            let factor = try gradient.reshape(reduction.keptShape) / root
            return [try x * factor.maskedFill(root.eq(0), 0)]
        }
    }

    /// The index (int32) of the first largest element along an axis (`torch.argmax`).
    public func argmax(dim: Int, keepDims: Bool = false) throws -> Tensor {
        try requireNumbers("argmax")
        let axis = try shape.axis(dim, operation: "argmax")
        try requireAtLeast(1, shape[axis], "argmax", "the extent of dimension \(axis)")
        var kept = shape
        kept[axis] = 1
        let out = try backend.allocate(kept, .int32)
        backend.argmax(array, axis: axis, into: out)
        context.note("argmax", [array], out)
        return constant(keepDims ? out : out.squeezed(axis: axis))
    }

    /// The running sum along an axis, the element itself included (`torch.cumsum`).
    public func cumulativeSum(dim: Int) throws -> Tensor {
        try requireNumbers("cumsum")
        let axis = try shape.axis(dim, operation: "cumsum")
        let out = try backend.allocate(shape, dtype)
        backend.cumulativeSum(array, axis: axis, into: out)
        context.note("cumsum", [array], out)
        return recorded(out) { gradient in
            [try gradient.flip([axis]).cumulativeSum(dim: axis).flip([axis])]
        }
    }

    private func extreme(
        _ kernel: ReduceKernel, _ name: String, _ dims: [Int]?, _ keepDims: Bool
    ) throws -> Tensor {
        let reduction = try Reduction(name, shape, dims)
        try requireAtLeast(1, reduction.length, name, "the number of elements to choose from")
        let out = try reduce(kernel, reduction, keepDims: keepDims)
        let x = detached()
        return recorded(out) { gradient in
            let value = try gradient.constant(out).reshape(reduction.keptShape)
            let chosen = try x.eq(value).cast(to: gradient.dtype)
            let share =
                try gradient.reshape(reduction.keptShape)
                / chosen.sum(dims: reduction.axes, keepDims: true)
            return [try chosen * share]
        }
    }

    private func reduce(
        _ kernel: ReduceKernel, _ reduction: Reduction, keepDims: Bool
    ) throws -> NDArray {
        try requireNumbers(reduction.operation)
        let out = try backend.allocate(reduction.keptShape, dtype)
        backend.reduce(kernel, array, axes: reduction.axes, into: out)
        context.note(reduction.operation, [array], out)
        return keepDims
            ? out
            : NDArray(storage: out.storage, dtype: dtype, shape: reduction.shape(keepDims: false))
    }
}

/// Which axes a reduction removes, checked.
private struct Reduction {
    let operation: String
    let axes: [Int]
    let keptShape: Shape
    /// How many elements become one.
    let length: Int

    init(_ operation: String, _ shape: Shape, _ dims: [Int]?) throws {
        self.operation = operation
        var kept = shape
        var axes: [Int] = []
        var length = 1
        for dim in dims ?? Array(shape.indices) {
            let axis = try shape.axis(dim, operation: operation)
            guard !axes.contains(axis) else {
                throw ArrayError.argument(
                    operation: operation, name: "dims", expected: "each dimension at most once",
                    got: "\(dims ?? [])")
            }
            axes.append(axis)
            length *= shape[axis]
            kept[axis] = 1
        }
        self.axes = axes
        self.keptShape = kept
        self.length = length
    }

    func shape(keepDims: Bool) -> Shape {
        keepDims ? keptShape : keptShape.indices.filter { !axes.contains($0) }.map { keptShape[$0] }
    }
}
