import HireArray

/// Functions of one number, applied to each element. All throw `ArrayError.dtype` for a dtype that the back-end
/// cannot compute with.
extension Tensor {
    /// -x (`torch.neg`).
    public func negated() throws -> Tensor { try unary(.neg, "neg") }
    /// |x| (`torch.abs`).
    public func abs() throws -> Tensor { try unary(.abs, "abs") }
    /// e^x (`torch.exp`).
    public func exp() throws -> Tensor { try unary(.exp, "exp") }
    /// The natural logarithm (`torch.log`).
    public func log() throws -> Tensor { try unary(.log, "log") }
    /// The square root (`torch.sqrt`).
    public func sqrt() throws -> Tensor { try unary(.sqrt, "sqrt") }
    /// 1 / sqrt(x) (`torch.rsqrt`).
    public func rsqrt() throws -> Tensor { try unary(.rsqrt, "rsqrt") }
    /// 1 / x (`torch.reciprocal`).
    public func reciprocal() throws -> Tensor { try unary(.reciprocal, "reciprocal") }
    /// x * x (`torch.square`).
    public func square() throws -> Tensor { try unary(.square, "square") }
    /// The sine (`torch.sin`).
    public func sin() throws -> Tensor { try unary(.sin, "sin") }
    /// The cosine (`torch.cos`).
    public func cos() throws -> Tensor { try unary(.cos, "cos") }
    /// The hyperbolic tangent (`torch.tanh`).
    public func tanh() throws -> Tensor { try unary(.tanh, "tanh") }
    /// 1 / (1 + e^-x) (`torch.sigmoid`).
    public func sigmoid() throws -> Tensor { try unary(.sigmoid, "sigmoid") }
    /// max(x, 0) (`F.relu`); the derivative at 0 is 0.
    public func relu() throws -> Tensor { try unary(.relu, "relu") }
    /// The error function (`torch.erf`).
    public func erf() throws -> Tensor { try unary(.erf, "erf") }
    /// -1, 0 or 1 (`torch.sign`); the derivative is 0.
    public func sign() throws -> Tensor { try unary(.sign, "sign") }
    /// Rounded down (`torch.floor`); the derivative is 0.
    public func floor() throws -> Tensor { try unary(.floor, "floor") }
    /// Rounded up (`torch.ceil`); the derivative is 0.
    public func ceil() throws -> Tensor { try unary(.ceil, "ceil") }
    /// Rounded to the nearest integer, ties to even (`torch.round`); the derivative is 0.
    public func round() throws -> Tensor { try unary(.round, "round") }
    /// x * sigmoid(x) (`F.silu`).
    public func silu() throws -> Tensor { try unary(.silu, "silu") }

    /// The Gaussian error linear unit (`F.gelu`).
    public func gelu(_ kind: GELUKind = .erf) throws -> Tensor {
        switch kind {
        case .erf: try unary(.gelu, "gelu")
        case .tanh: try unary(.geluTanh, "gelu")
        case .quick: try unary(.quickGelu, "gelu")
        }
    }

    /// Not, on bools (`torch.logical_not`).
    public func logicalNot() throws -> Tensor {
        guard dtype == .bool else {
            throw ArrayError.dtype(operation: "logical_not", expected: "bool", got: dtype.shortName)
        }
        let out = try backend.allocate(shape, .bool)
        backend.unary(.logicalNot, array, into: out)
        context.note("logical_not", [array], out)
        return constant(out)
    }

    /// x limited to [min, max]; a bound left out does not limit (`torch.clamp`).
    ///
    /// The derivative is 1 inside and on the bounds, else 0.
    public func clamp(min: Double? = nil, max: Double? = nil) throws -> Tensor {
        try requireNumbers("clamp")
        let (lower, upper) = (min ?? -.infinity, max ?? .infinity)
        let x = array
        let context = context
        let out = try backend.allocate(x.shape, x.dtype)
        backend.clamp(x, lower, upper, into: out)
        context.note("clamp", [x], out)
        return recorded(out) { gradient in
            // The clamped value is computed again: keeping x alone is cheaper than x and a mask.
            let x = Tensor(x, in: context)
            let inside = try x.eq(x.clamp(min: lower, max: upper))
            return [try Tensor.select(inside, gradient, context.zeros([]))]
        }
    }

    /// x * scale + shift with constants, in one pass.
    public func scaled(by scale: Double, plus shift: Double = 0) throws -> Tensor {
        try requireNumbers("affine")
        let out = try backend.allocate(shape, dtype)
        backend.affine(array, scale: scale, shift: shift, into: out)
        context.note("affine", [array], out)
        return recorded(out) { gradient in
            [scale == 1 ? gradient : try gradient.scaled(by: scale)]
        }
    }

    /// x^exponent for a constant exponent (`torch.pow`).
    public func pow(_ exponent: Double) throws -> Tensor {
        switch exponent {
        case 2: return try square()
        case 0.5: return try sqrt()
        case -0.5: return try rsqrt()
        case -1: return try reciprocal()
        default: break
        }
        try requireNumbers("pow")
        let x = array
        let context = context
        let exponentArray = try backend.allocate([], dtype)
        backend.fill(exponentArray, exponent)
        let out = try backend.allocate(x.shape, x.dtype)
        backend.binary(.pow, x, exponentArray.expanded(to: x.shape), into: out)
        context.note("pow", [x, exponentArray], out)
        return recorded(out) { gradient in
            if exponent == 0 { return [try gradient.scaled(by: 0)] }
            let slope = try Tensor(x, in: context).pow(exponent - 1).scaled(by: exponent)
            return [try gradient * slope]
        }
    }

    private func unary(_ kernel: UnaryKernel, _ name: String) throws -> Tensor {
        try requireNumbers(name)
        let x = array
        let out = try backend.allocate(x.shape, x.dtype)
        backend.unary(kernel, x, into: out)
        context.note(name, [x], out)
        guard isRecorded else { return constant(out) }
        let kept = kernel.gradientReadsOutput ? out : x
        return recorded(out) { gradient in
            let result = try gradient.backend.allocate(kept.shape, kept.dtype)
            gradient.backend.unaryGradient(kernel, kept, kept, gradient.array, into: result)
            gradient.context.note(name, [kept, gradient.array], result)
            return [gradient.constant(result)]
        }
    }
}
