import HireArray

extension Tensor {
    /// Sums over the axes along which a tensor of `target` shape was broadcast: every broadcasting op's gradient.
    ///
    /// - Precondition: `target` broadcasts to this shape.
    func summed(to target: Shape) throws -> Tensor {
        if shape == target { return self }
        let lead = rank - target.count
        let axes = shape.indices.filter { axis in
            axis < lead || (target[axis - lead] == 1 && shape[axis] != 1)
        }
        var result = self
        if !axes.isEmpty { result = try sum(dims: axes, keepDims: true) }
        return try result.reshape(target)
    }

    /// The two arrays, expanded to their common shape without copying.
    static func broadcast(
        _ operation: String, _ first: NDArray, _ second: NDArray
    ) throws -> (NDArray, NDArray, Shape) {
        if first.shape == second.shape { return (first, second, first.shape) }
        let shape = try first.shape.broadcast(with: second.shape, operation: operation)
        return (first.expanded(to: shape), second.expanded(to: shape), shape)
    }
}
