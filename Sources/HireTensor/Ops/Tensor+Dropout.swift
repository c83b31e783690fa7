import HireArray

extension Tensor {
    /// Sets each element to 0 with probability `p` and divides the others by 1 - p (`F.dropout` in training).
    ///
    /// Which ones depends on the source and the element's position only.
    public func dropout(p: Double, from source: RandomSource) throws -> Tensor {
        try dropped("dropout", p, source, maskShape: shape)
    }

    /// Sets whole channels of [N, C, ...] to 0 with probability `p` and divides the others by 1 - p
    /// (`F.dropout2d` in training).
    public func dropout2d(p: Double, from source: RandomSource) throws -> Tensor {
        guard rank >= 2 else {
            throw ArrayError.shape(operation: "dropout2d", expected: "[N, C, ...]", got: "\(shape)")
        }
        let mask = Array(shape[..<2]) + Shape(repeating: 1, count: rank - 2)
        return try dropped("dropout2d", p, source, maskShape: mask)
    }

    private func dropped(
        _ name: String, _ p: Double, _ source: RandomSource, maskShape: Shape
    ) throws -> Tensor {
        try requireNumbers(name)
        guard p >= 0, p <= 1 else {
            throw ArrayError.argument(
                operation: name, name: "p", expected: "a probability from 0 to 1", got: "\(p)")
        }
        if p == 0 { return self }
        let factor = p == 1 ? 0 : 1 / (1 - p)
        let draws = try backend.allocate(maskShape, dtype)
        backend.uniform(source, low: 0, high: 1, into: draws)
        context.note("uniform", [], draws)
        // Only the bools are kept for the gradient: a byte per draw.
        let kept = try constant(draws).ge(p)
        let x = detached()
        let output = try Tensor.select(kept, x.scaled(by: factor), context.zeros([], dtype: dtype))
        return recorded(output.array) { gradient in
            let zero = try gradient.context.zeros([], dtype: gradient.dtype)
            return [try Tensor.select(kept, gradient.scaled(by: factor), zero)]
        }
    }
}
