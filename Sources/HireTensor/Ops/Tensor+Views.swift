import HireArray

/// The same numbers seen differently: nothing is copied, except by `reshape` (and what uses it) on a tensor whose
/// memory order does not allow the new shape. Dimensions count from 0; negative ones from the end.
extension Tensor {
    /// Another shape with as many elements; one extent may be -1 and is worked out (`torch.reshape`).
    public func reshape(_ newShape: Shape) throws -> Tensor {
        let resolved = try resolve(newShape)
        if resolved == shape { return self }
        let out: NDArray
        if let view = array.viewed(as: resolved) {
            out = view
        } else {
            let copy = try backend.contiguous(array)
            context.note("contiguous", [array], copy)
            out = NDArray(storage: copy.storage, dtype: dtype, shape: resolved)
        }
        let shape = shape
        return recorded(out) { [try $0.reshape(shape)] }
    }

    /// Axes in another order (`torch.permute`).
    public func permute(_ dims: [Int]) throws -> Tensor {
        var axes: [Int] = []
        for dim in dims { axes.append(try shape.axis(dim, operation: "permute")) }
        guard axes.count == rank, Set(axes).count == rank else {
            throw ArrayError.argument(
                operation: "permute", name: "dims",
                expected: "each of the \(rank) dimensions exactly once", got: "\(dims)")
        }
        return recorded(array.permuted(axes)) { gradient in
            var inverse = axes
            for (position, axis) in axes.enumerated() { inverse[axis] = position }
            return [try gradient.permute(inverse)]
        }
    }

    /// Two axes exchanged (`torch.transpose`).
    public func transpose(_ first: Int, _ second: Int) throws -> Tensor {
        let a = try shape.axis(first, operation: "transpose")
        let b = try shape.axis(second, operation: "transpose")
        return recorded(array.transposed(a, b)) { [try $0.transpose(a, b)] }
    }

    /// Without axes of extent 1: the given one, which must have extent 1, or all (`torch.squeeze`).
    public func squeeze(_ dim: Int? = nil) throws -> Tensor {
        guard let dim else { return squeezedWhole() }
        let axis = try shape.axis(dim, operation: "squeeze")
        guard shape[axis] == 1 else {
            throw ArrayError.shape(
                operation: "squeeze", expected: "extent 1 at dimension \(axis)", got: "\(shape)")
        }
        return recorded(array.squeezed(axis: axis)) { [try $0.unsqueeze(axis)] }
    }

    /// With a new axis of extent 1 before `dim` (`torch.unsqueeze`).
    public func unsqueeze(_ dim: Int) throws -> Tensor {
        let axis = try (shape + [1]).axis(dim, operation: "unsqueeze")
        return recorded(array.unsqueezed(axis: axis)) { [try $0.squeeze(axis)] }
    }

    /// Repeated along axes of extent 1, and along new leading axes, without copying; -1 keeps an extent
    /// (`Tensor.expand`).
    public func expand(_ newShape: Shape) throws -> Tensor {
        let lead = newShape.count - rank
        var target = newShape
        for axis in newShape.indices where newShape[axis] == -1 && axis >= lead {
            target[axis] = shape[axis - lead]
        }
        let fits =
            lead >= 0
            && shape.indices.allSatisfy { shape[$0] == target[lead + $0] || shape[$0] == 1 }
            && target.allSatisfy { $0 >= 0 }
        guard fits else {
            throw ArrayError.shape(
                operation: "expand", expected: "a shape that \(shape) broadcasts to",
                got: "\(newShape)")
        }
        if target == shape { return self }
        let before = shape
        return recorded(array.expanded(to: target)) { [try $0.summed(to: before)] }
    }

    /// Every `step`-th element from `start` up to but not including `end` along an axis; negative positions count
    /// from the end, and `end` nil means to the end (`x[:, start:end:step]`).
    ///
    /// - Throws: `ArrayError.index` for positions outside the axis; nothing is clipped silently.
    public func slice(_ dim: Int, _ start: Int, _ end: Int? = nil, step: Int = 1) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "slice")
        try requireAtLeast(1, step, "slice", "step")
        let extent = shape[axis]
        let first = try position(start, extent: extent, "start")
        let last = try position(end ?? extent, extent: extent, "end")
        let length = Swift.max((last - first + step - 1) / step, 0)
        if length == extent { return self }
        let view = array.sliced(axis: axis, start: first, length: length, step: step)
        let shape = shape
        return recorded(view) { gradient in
            let whole = try gradient.zeroArray(shape)
            let part = whole.sliced(axis: axis, start: first, length: length, step: step)
            gradient.backend.copy(gradient.array, into: part)
            gradient.context.note("copy", [gradient.array], part)
            return [gradient.constant(whole)]
        }
    }

    /// One index of an axis, which disappears (`torch.select`).
    public func at(dim: Int, index: Int) throws -> Tensor {
        let axis = try shape.axis(dim, operation: "select")
        let resolved = index < 0 ? index + shape[axis] : index
        guard resolved >= 0, resolved < shape[axis] else {
            throw ArrayError.index(
                operation: "select", what: "index", got: index,
                range: "-\(shape[axis])..<\(shape[axis])")
        }
        return try slice(axis, resolved, resolved + 1).squeeze(axis)
    }

    /// Axes `from` to `to`, both included, made one (`torch.flatten`).
    public func flatten(from: Int = 0, to: Int = -1) throws -> Tensor {
        if rank == 0 { return try reshape([1]) }
        let first = try shape.axis(from, operation: "flatten")
        let last = try shape.axis(to, operation: "flatten")
        guard first <= last else {
            throw ArrayError.argument(
                operation: "flatten", name: "from", expected: "at most to = \(last)",
                got: "\(first)")
        }
        return try reshape(
            Array(shape[..<first]) + [shape[first...last].reduce(1, *)]
                + Array(shape[(last + 1)...]))
    }

    /// The sizes along an axis, cut apart (`torch.split`).
    ///
    /// - Throws: `ArrayError.argument` unless the sizes add up to the extent.
    public func split(dim: Int, sizes: [Int]) throws -> [Tensor] {
        let axis = try shape.axis(dim, operation: "split")
        guard sizes.reduce(0, +) == shape[axis], sizes.allSatisfy({ $0 >= 0 }) else {
            throw ArrayError.argument(
                operation: "split", name: "sizes", expected: "sizes that add up to \(shape[axis])",
                got: "\(sizes)")
        }
        var start = 0
        return try sizes.map { size in
            defer { start += size }
            return try slice(axis, start, start + size)
        }
    }

    /// `count` pieces of equal size along an axis, the last one smaller if it does not divide (`torch.chunk`).
    public func chunk(_ count: Int, dim: Int) throws -> [Tensor] {
        let axis = try shape.axis(dim, operation: "chunk")
        try requireAtLeast(1, count, "chunk", "count")
        let extent = shape[axis]
        let size = Swift.max((extent + count - 1) / count, 1)
        let starts = stride(from: 0, to: Swift.max(extent, 1), by: size)
        return try split(dim: axis, sizes: starts.map { Swift.min(size, extent - $0) })
    }

    private func squeezedWhole() -> Tensor {
        var view = array
        for axis in shape.indices.reversed() where shape[axis] == 1 {
            view = view.squeezed(axis: axis)
        }
        if view.rank == rank { return self }
        let shape = shape
        return recorded(view) { [try $0.reshape(shape)] }
    }

    private func position(_ value: Int, extent: Int, _ name: String) throws -> Int {
        let resolved = value < 0 ? value + extent : value
        guard resolved >= 0, resolved <= extent else {
            throw ArrayError.index(
                operation: "slice", what: name, got: value, range: "-\(extent)...\(extent)")
        }
        return resolved
    }

    private func resolve(_ newShape: Shape) throws -> Shape {
        var resolved = newShape
        let known = newShape.filter { $0 != -1 }.elementCount
        let open = newShape.indices.filter { newShape[$0] == -1 }
        if open.count == 1, known > 0 { resolved[open[0]] = count / known }
        guard resolved.allSatisfy({ $0 >= 0 }), resolved.elementCount == count else {
            throw ArrayError.shape(
                operation: "reshape", expected: "a shape of \(count) elements for \(shape)",
                got: "\(newShape)")
        }
        return resolved
    }
}
