import HireArray

/// Comparisons give bool tensors, broadcast their operands and carry no gradient.
extension Tensor {
    /// a == b (`torch.eq`).
    public func eq(_ other: Tensor) throws -> Tensor { try compare(.eq, other) }
    /// a != b (`torch.ne`).
    public func ne(_ other: Tensor) throws -> Tensor { try compare(.ne, other) }
    /// a < b (`torch.lt`).
    public func lt(_ other: Tensor) throws -> Tensor { try compare(.lt, other) }
    /// a <= b (`torch.le`).
    public func le(_ other: Tensor) throws -> Tensor { try compare(.le, other) }
    /// a > b (`torch.gt`).
    public func gt(_ other: Tensor) throws -> Tensor { try compare(.gt, other) }
    /// a >= b (`torch.ge`).
    public func ge(_ other: Tensor) throws -> Tensor { try compare(.ge, other) }

    /// a == number.
    public func eq(_ number: Double) throws -> Tensor { try compare(.eq, number) }
    /// a != number.
    public func ne(_ number: Double) throws -> Tensor { try compare(.ne, number) }
    /// a < number.
    public func lt(_ number: Double) throws -> Tensor { try compare(.lt, number) }
    /// a <= number.
    public func le(_ number: Double) throws -> Tensor { try compare(.le, number) }
    /// a > number.
    public func gt(_ number: Double) throws -> Tensor { try compare(.gt, number) }
    /// a >= number.
    public func ge(_ number: Double) throws -> Tensor { try compare(.ge, number) }

    /// condition ? a : b, all three broadcast together (`torch.where`).
    ///
    /// - Throws: `ArrayError` unless `condition` is bool, `a` and `b` share a dtype and the shapes broadcast.
    public static func select(_ condition: Tensor, _ a: Tensor, _ b: Tensor) throws -> Tensor {
        try requireNumbers("where", a, b)
        guard condition.context === a.context else {
            throw GraphError.mixedContexts(operation: "where")
        }
        guard condition.dtype == .bool else {
            throw ArrayError.dtype(
                operation: "where", expected: "bool for the condition",
                got: condition.dtype.shortName)
        }
        let shape = try a.shape.broadcast(with: b.shape, operation: "where")
            .broadcast(with: condition.shape, operation: "where")
        let out = try a.backend.allocate(shape, a.dtype)
        let mask = condition.array
        a.backend.select(
            mask.expanded(to: shape), a.array.expanded(to: shape), b.array.expanded(to: shape),
            into: out)
        a.context.note("where", [mask, a.array, b.array], out)
        let (shapeA, shapeB) = (a.node == nil ? nil : a.shape, b.node == nil ? nil : b.shape)
        return recorded(out, a, b) { gradient in
            let mask = gradient.constant(mask)
            let zero = try gradient.context.zeros([])
            return [
                try shapeA.map { try select(mask, gradient, zero).summed(to: $0) },
                try shapeB.map { try select(mask, zero, gradient).summed(to: $0) },
            ]
        }
    }

    /// `value` where the mask is true, else this tensor (`Tensor.masked_fill`).
    public func maskedFill(_ mask: Tensor, _ value: Double) throws -> Tensor {
        let constant = try context.full([], value, dtype: dtype)
        return try Tensor.select(mask, constant, self)
    }

    private func compare(_ kernel: CompareKernel, _ other: Tensor) throws -> Tensor {
        let name = kernel.rawValue
        guard context === other.context else { throw GraphError.mixedContexts(operation: name) }
        guard dtype == other.dtype else {
            throw ArrayError.dtype(
                operation: name, expected: "\(dtype.shortName) for both operands",
                got: "\(dtype.shortName) and \(other.dtype.shortName)")
        }
        if !backend.supports(dtype) {
            // Whole numbers up to 2^24 and half-width numbers are exact in float32.
            return try cast(to: context.dtype).compare(kernel, other.cast(to: context.dtype))
        }
        let (left, right, shape) = try Tensor.broadcast(name, array, other.array)
        let out = try backend.allocate(shape, .bool)
        backend.compare(kernel, left, right, into: out)
        context.note(name, [array, other.array], out)
        return constant(out)
    }

    private func compare(_ kernel: CompareKernel, _ number: Double) throws -> Tensor {
        let left = backend.supports(dtype) ? self : try cast(to: context.dtype)
        return try left.compare(kernel, context.full([], number, dtype: left.dtype))
    }
}
