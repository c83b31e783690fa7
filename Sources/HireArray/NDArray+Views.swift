extension NDArray {
    /// The same elements under another shape, if that needs no copy (the array is contiguous).
    ///
    /// Returns nil when the strides do not allow it; counts must agree (checked by the caller).
    public func viewed(as newShape: Shape) -> NDArray? {
        precondition(newShape.elementCount == count, "A view must keep the number of elements.")
        guard isContiguous else { return nil }
        return NDArray(storage: storage, dtype: dtype, shape: newShape, offset: offset)
    }

    /// Axes in another order.
    public func permuted(_ axes: [Int]) -> NDArray {
        NDArray(
            storage: storage, dtype: dtype, shape: axes.map { shape[$0] },
            strides: axes.map { strides[$0] }, offset: offset)
    }

    /// Two axes exchanged.
    public func transposed(_ first: Int, _ second: Int) -> NDArray {
        var axes = Array(0..<rank)
        axes.swapAt(first, second)
        return permuted(axes)
    }

    /// Elements `start`, `start + step`, … of one axis, `length` of them.
    public func sliced(axis: Int, start: Int, length: Int, step: Int = 1) -> NDArray {
        precondition(start >= 0 && length >= 0, "A slice must not begin before its axis.")
        precondition(
            length == 0 || start + (length - 1) * step < shape[axis],
            "A slice must stay inside its axis.")
        var newShape = shape
        var newStrides = strides
        newShape[axis] = length
        newStrides[axis] *= step
        return NDArray(
            storage: storage, dtype: dtype, shape: newShape, strides: newStrides,
            offset: offset + start * strides[axis])
    }

    /// One index of one axis; the axis disappears.
    public func selected(axis: Int, index: Int) -> NDArray {
        sliced(axis: axis, start: index, length: 1).squeezed(axis: axis)
    }

    /// Without an axis of extent 1.
    public func squeezed(axis: Int) -> NDArray {
        precondition(shape[axis] == 1, "Only an axis of extent 1 can be dropped.")
        var newShape = shape
        var newStrides = strides
        newShape.remove(at: axis)
        newStrides.remove(at: axis)
        return NDArray(
            storage: storage, dtype: dtype, shape: newShape, strides: newStrides, offset: offset)
    }

    /// With an axis of extent 1 inserted before `axis`.
    public func unsqueezed(axis: Int) -> NDArray {
        var newShape = shape
        var newStrides = strides
        newShape.insert(1, at: axis)
        newStrides.insert(axis < rank ? strides[axis] * shape[axis] : 1, at: axis)
        return NDArray(
            storage: storage, dtype: dtype, shape: newShape, strides: newStrides, offset: offset)
    }

    /// Repeated along axes of extent 1 (and new leading axes) to a shape it broadcasts to.
    public func expanded(to newShape: Shape) -> NDArray {
        if newShape == shape { return self }
        let lead = newShape.count - rank
        precondition(lead >= 0, "An expanded array cannot have fewer axes.")
        var newStrides = [Int](repeating: 0, count: newShape.count)
        for axis in shape.indices {
            precondition(
                shape[axis] == newShape[lead + axis] || shape[axis] == 1,
                "Only axes of extent 1 can be expanded.")
            newStrides[lead + axis] = shape[axis] == newShape[lead + axis] ? strides[axis] : 0
        }
        return NDArray(
            storage: storage, dtype: dtype, shape: newShape, strides: newStrides, offset: offset)
    }
}
