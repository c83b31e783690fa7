import HireArray

extension ReferenceBackend {
    /// out takes the given indices (rank 1) of one axis.
    public func indexSelect(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        let x = Numbers(x, as: x.shape.around(axis))
        let indices = positions(indices, below: x.shape[1])
        var result = Numbers(zeros: out.shape.around(axis))
        for outer in 0..<x.shape[0] {
            for (at, index) in indices.enumerated() {
                for inner in 0..<x.shape[2] { result[outer, at, inner] = x[outer, index, inner] }
            }
        }
        result.write(to: out)
    }

    /// out[index] += x along an axis.
    public func indexAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        let x = Numbers(x, as: x.shape.around(axis))
        var result = Numbers(out, as: out.shape.around(axis))
        let indices = positions(indices, below: result.shape[1])
        for outer in 0..<x.shape[0] {
            for (at, index) in indices.enumerated() {
                for inner in 0..<x.shape[2] { result[outer, index, inner] += x[outer, at, inner] }
            }
        }
        result.write(to: out)
    }

    /// `torch.gather`: out has the shape of indices, which may be shorter than x on the other axes.
    public func gather(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        let values = Numbers(x)
        let targets = targets(x.shape, axis: axis, indices)
        var result = Numbers(zeros: out.shape)
        for (at, target) in targets.enumerated() { result[at] = values[target] }
        result.write(to: out)
    }

    /// `Tensor.scatter_add_`: out[indices] += x.
    public func scatterAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        // Only the part of x that has indices is scattered.
        var part = x
        for (axis, extent) in indices.shape.enumerated() {
            part = part.sliced(axis: axis, start: 0, length: extent)
        }
        let values = Numbers(part)
        let targets = targets(out.shape, axis: axis, indices)
        var result = Numbers(out)
        for (at, target) in targets.enumerated() { result[target] += values[at] }
        result.write(to: out)
    }

    /// Indices as integers, checked.
    private func positions(_ indices: NDArray, below bound: Int) -> [Int] {
        Numbers(indices).values.map { value in
            precondition(value >= 0 && value < Double(bound), "An index must lie inside its axis.")
            return Int(value)
        }
    }

    /// For each element of `indices`, the flat row-major position it names in an array of `shape`: its own place,
    /// but for `axis`, where the index stands.
    private func targets(_ shape: Shape, axis: Int, _ indices: NDArray) -> [Int] {
        let strides = shape.contiguousStrides
        let steps = indices.shape.contiguousStrides
        return positions(indices, below: shape[axis]).enumerated().map { flat, index in
            var target = 0
            for dimension in shape.indices {
                let place = flat / steps[dimension] % indices.shape[dimension]
                target += (dimension == axis ? index : place) * strides[dimension]
            }
            return target
        }
    }
}
