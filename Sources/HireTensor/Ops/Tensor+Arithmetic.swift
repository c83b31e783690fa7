import HireArray

/// Arithmetic of two tensors under NumPy's broadcasting rule. All throw `ArrayError.shape` where the shapes do not
/// broadcast, `ArrayError.dtype` where dtypes differ, and `GraphError.mixedContexts`.
extension Tensor {
    /// a + b (`torch.add`).
    public static func + (a: Tensor, b: Tensor) throws -> Tensor {
        let out = try combine(.add, "add", a, b)
        let (shapeA, shapeB) = (a.node == nil ? nil : a.shape, b.node == nil ? nil : b.shape)
        return recorded(out, a, b) { gradient in
            [
                try shapeA.map { try gradient.summed(to: $0) },
                try shapeB.map { try gradient.summed(to: $0) },
            ]
        }
    }

    /// a - b (`torch.sub`).
    public static func - (a: Tensor, b: Tensor) throws -> Tensor {
        let out = try combine(.sub, "sub", a, b)
        let (shapeA, shapeB) = (a.node == nil ? nil : a.shape, b.node == nil ? nil : b.shape)
        return recorded(out, a, b) { gradient in
            [
                try shapeA.map { try gradient.summed(to: $0) },
                try shapeB.map { try gradient.summed(to: $0).negated() },
            ]
        }
    }

    /// a * b, element by element (`torch.mul`).
    public static func * (a: Tensor, b: Tensor) throws -> Tensor {
        let out = try combine(.mul, "mul", a, b)
        let (shapeA, shapeB) = (a.shape, b.shape)
        let keptA = b.node == nil ? nil : a.detached()
        let keptB = a.node == nil ? nil : b.detached()
        return recorded(out, a, b) { gradient in
            [
                try keptB.map { try (gradient * $0).summed(to: shapeA) },
                try keptA.map { try (gradient * $0).summed(to: shapeB) },
            ]
        }
    }

    /// a / b, element by element (`torch.div`).
    public static func / (a: Tensor, b: Tensor) throws -> Tensor {
        let out = try combine(.div, "div", a, b)
        let shapeA = a.node == nil ? nil : a.shape
        let keptA = b.node == nil ? nil : a.detached()
        let b0 = b.detached()
        return recorded(out, a, b) { gradient in
            let scaled = try gradient / b0
            return [
                try shapeA.map { try scaled.summed(to: $0) },
                try keptA.map { try (scaled * ($0 / b0)).negated().summed(to: b0.shape) },
            ]
        }
    }

    /// a to the power of b, element by element (`torch.pow`).
    ///
    /// Where the derivative's formula has no value but its limit is 0 (exponent 0; base 0 with a positive
    /// exponent), it is 0, as in PyTorch.
    public func pow(_ exponent: Tensor) throws -> Tensor {
        let out = try Tensor.combine(.pow, "pow", self, exponent)
        let (a, b) = (detached(), exponent.detached())
        let (needsA, needsB) = (node != nil, exponent.node != nil)
        return Tensor.recorded(out, self, exponent) { gradient in
            let zero = try gradient.context.zeros([])
            var base: Tensor?
            var power: Tensor?
            if needsA {
                let slope = try b * a.pow(b.scaled(by: 1, plus: -1))
                base = try Tensor.select(b.eq(0), zero, gradient * slope).summed(to: a.shape)
            }
            if needsB {
                let flat = try a.eq(0).cast(to: gradient.dtype) * b.ge(0).cast(to: gradient.dtype)
                let slope = try gradient.constant(out) * a.log()
                power = try Tensor.select(flat.eq(1), zero, gradient * slope).summed(to: b.shape)
            }
            return [base, power]
        }
    }

    /// The larger of the two (`torch.maximum`); where they are equal each gets half the gradient.
    public func maximum(_ other: Tensor) throws -> Tensor {
        try extreme(.maximum, "maximum", other) { try $0.gt($1) }
    }

    /// The smaller of the two (`torch.minimum`); where they are equal each gets half the gradient.
    public func minimum(_ other: Tensor) throws -> Tensor {
        try extreme(.minimum, "minimum", other) { try $0.lt($1) }
    }

    private func extreme(
        _ kernel: BinaryKernel, _ name: String, _ other: Tensor,
        wins: @escaping (Tensor, Tensor) throws -> Tensor
    ) throws -> Tensor {
        let out = try Tensor.combine(kernel, name, self, other)
        let (a, b) = (detached(), other.detached())
        let (needsA, needsB) = (node != nil, other.node != nil)
        return Tensor.recorded(out, self, other) { gradient in
            let half = try gradient.scaled(by: 0.5)
            let zero = try gradient.context.zeros([])
            let share = { (first: Tensor, second: Tensor) -> Tensor in
                let rest = try Tensor.select(first.eq(second), half, zero)
                return try Tensor.select(wins(first, second), gradient, rest).summed(
                    to: first.shape)
            }
            return [needsA ? try share(a, b) : nil, needsB ? try share(b, a) : nil]
        }
    }

    private static func combine(
        _ kernel: BinaryKernel, _ name: String, _ a: Tensor, _ b: Tensor
    ) throws -> NDArray {
        try requireNumbers(name, a, b)
        let (left, right, shape) = try broadcast(name, a.array, b.array)
        let out = try a.backend.allocate(shape, a.dtype)
        a.backend.binary(kernel, left, right, into: out)
        a.context.note(name, [a.array, b.array], out)
        return out
    }
}

/// Arithmetic with a constant: one pass, nothing saved.
extension Tensor {
    /// a + number.
    public static func + (a: Tensor, number: Double) throws -> Tensor {
        try a.scaled(by: 1, plus: number)
    }
    /// number + a.
    public static func + (number: Double, a: Tensor) throws -> Tensor {
        try a.scaled(by: 1, plus: number)
    }
    /// a - number.
    public static func - (a: Tensor, number: Double) throws -> Tensor {
        try a.scaled(by: 1, plus: -number)
    }
    /// number - a.
    public static func - (number: Double, a: Tensor) throws -> Tensor {
        try a.scaled(by: -1, plus: number)
    }
    /// a * number.
    public static func * (a: Tensor, number: Double) throws -> Tensor { try a.scaled(by: number) }
    /// number * a.
    public static func * (number: Double, a: Tensor) throws -> Tensor { try a.scaled(by: number) }
    /// a / number.
    public static func / (a: Tensor, number: Double) throws -> Tensor {
        try a.scaled(by: 1 / number)
    }
    /// number / a.
    public static func / (number: Double, a: Tensor) throws -> Tensor {
        try a.reciprocal().scaled(by: number)
    }
    /// -a.
    public static prefix func - (a: Tensor) throws -> Tensor { try a.negated() }
}
