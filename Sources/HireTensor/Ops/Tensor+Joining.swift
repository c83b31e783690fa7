import HireArray

/// Movement that copies.
extension Tensor {
    /// Tensors one after the other along an axis; other extents are equal (`torch.cat`).
    public static func concat(_ tensors: [Tensor], dim: Int) throws -> Tensor {
        guard let first = tensors.first else {
            throw ArrayError.argument(
                operation: "cat", name: "tensors", expected: "at least one tensor", got: "none")
        }
        let axis = try first.shape.axis(dim, operation: "cat")
        try checkContexts("cat", tensors)
        var shape = first.shape
        shape[axis] = 0
        for tensor in tensors {
            var expected = first.shape
            if tensor.rank == first.rank { expected[axis] = tensor.shape[axis] }
            guard tensor.shape == expected else {
                throw ArrayError.shape(
                    operation: "cat",
                    expected: "shapes equal to \(first.shape) but at dimension \(axis)",
                    got: "\(tensor.shape)")
            }
            guard tensor.dtype == first.dtype else {
                throw ArrayError.dtype(
                    operation: "cat", expected: "\(first.dtype.shortName) for all tensors",
                    got: tensor.dtype.shortName)
            }
            shape[axis] += tensor.shape[axis]
        }
        let out = try first.backend.allocate(shape, first.dtype)
        var start = 0
        for tensor in tensors {
            let length = tensor.shape[axis]
            first.backend.copy(
                tensor.array, into: out.sliced(axis: axis, start: start, length: length))
            start += length
        }
        first.context.note("cat", tensors.map(\.array), out)
        let lengths = tensors.map { $0.shape[axis] }
        return record(out, from: tensors) { gradient, needs in
            var start = 0
            return try zip(lengths, needs).map { length, needed in
                defer { start += length }
                return needed ? try gradient.slice(axis, start, start + length) : nil
            }
        }
    }

    /// Tensors of one shape along a new axis before `dim` (`torch.stack`).
    public static func stack(_ tensors: [Tensor], dim: Int) throws -> Tensor {
        let axis = try ((tensors.first?.shape ?? []) + [1]).axis(dim, operation: "stack")
        return try concat(tensors.map { try $0.unsqueeze(axis) }, dim: axis)
    }

    /// The same numbers in row-major memory order: itself, or a copy.
    public func contiguous() throws -> Tensor {
        if array.isContiguous { return self }
        let out = try backend.contiguous(array)
        context.note("contiguous", [array], out)
        return recorded(out) { [$0] }
    }

    /// The same numbers in another dtype (`Tensor.to`); gradients are converted back.
    public func cast(to newType: DType) throws -> Tensor {
        if newType == dtype { return self }
        let out = try backend.allocate(shape, newType)
        backend.copy(array, into: out)
        context.note("to", [array], out)
        let dtype = dtype
        return recorded(out) { [try $0.cast(to: dtype)] }
    }

    /// The order along some axes reversed (`torch.flip`).
    public func flip(_ dims: [Int]) throws -> Tensor {
        var view = array
        for dim in dims {
            let axis = try shape.axis(dim, operation: "flip")
            guard shape[axis] > 1 else { continue }
            view = view.sliced(axis: axis, start: shape[axis] - 1, length: shape[axis], step: -1)
        }
        let out = try backend.allocate(shape, dtype)
        backend.copy(view, into: out)
        context.note("flip", [array], out)
        return recorded(out) { [try $0.flip(dims)] }
    }

    /// The whole tensor repeated along each axis (`Tensor.repeat`); more repeats than axes add leading ones.
    public func repeated(_ repeats: [Int]) throws -> Tensor {
        for count in repeats { try requireAtLeast(0, count, "repeat", "every count") }
        guard repeats.count >= rank else {
            throw ArrayError.argument(
                operation: "repeat", name: "repeats",
                expected: "at least \(rank) counts for \(shape)",
                got: "\(repeats)")
        }
        let padded = Shape(repeating: 1, count: repeats.count - rank) + shape
        var single: Shape = []
        var wide: Shape = []
        for (count, extent) in zip(repeats, padded) {
            single += [1, extent]
            wide += [count, extent]
        }
        return try reshape(single).expand(wide).reshape(zip(repeats, padded).map { $0 * $1 })
    }

    /// Each element repeated `count` times along an axis (`torch.repeat_interleave`).
    public func repeatInterleave(_ count: Int, _ dim: Int) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "repeat_interleave")
        try requireAtLeast(0, count, "repeat_interleave", "count")
        var wide = shape
        wide.insert(count, at: axis + 1)
        var result = shape
        result[axis] *= count
        return try unsqueeze(axis + 1).expand(wide).reshape(result)
    }

    /// The two last axes with a border added (`F.pad`).
    ///
    /// - Throws: `ArrayError` for negative borders, and reflected ones that reach beyond the opposite edge.
    public func pad2d(
        _ top: Int, _ bottom: Int, _ left: Int, _ right: Int, mode: PadMode = .zero
    ) throws -> Tensor {
        let padding = SIMD4(top, bottom, left, right)
        guard rank >= 2 else {
            throw ArrayError.shape(
                operation: "pad", expected: "at least 2 dimensions [..., H, W]", got: "\(shape)")
        }
        let (height, width) = (shape[rank - 2], shape[rank - 1])
        for lane in 0..<4 {
            try requireAtLeast(0, padding[lane], "pad", "every border")
            let extent = lane < 2 ? height : width
            guard mode != .reflect || padding[lane] < extent, mode == .zero || extent > 0 else {
                throw ArrayError.argument(
                    operation: "pad", name: "a reflected border",
                    expected: "smaller than the extent \(extent)", got: "\(padding[lane])")
            }
        }
        if dtype != .float32 { try requireNumbers("pad") }
        if padding == .zero { return self }
        let lead = Array(shape.dropLast(2))
        let out = try backend.allocate(lead + [height + top + bottom, width + left + right], dtype)
        backend.pad2d(array, padding, mode, into: out)
        context.note("pad", [array], out)
        let shape = shape
        return recorded(out) { gradient in
            let result = try gradient.backend.allocate(shape, gradient.dtype)
            gradient.backend.pad2dGradient(gradient.array, padding, mode, into: result)
            gradient.context.note("pad", [gradient.array], result)
            return [gradient.constant(result)]
        }
    }
}
