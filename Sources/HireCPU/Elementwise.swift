import HireArray

/// A function of two operands on eight lanes.
protocol BinaryOperation {
    static func value(_ a: Vector, _ b: Vector) -> Vector
}

/// A function of one operand and two constants on eight lanes.
protocol ConstantOperation {
    static func value(_ x: Vector, _ constants: (Vector, Vector)) -> Vector
}

/// min(max(x, first), second).
enum Clamp: ConstantOperation {
    @inline(__always) static func value(_ x: Vector, _ bounds: (Vector, Vector)) -> Vector {
        let raised = x.replacing(with: bounds.0, where: x .< bounds.0)
        return raised.replacing(with: bounds.1, where: raised .> bounds.1)
    }
}

/// x * first + second.
enum Affine: ConstantOperation {
    @inline(__always) static func value(_ x: Vector, _ constants: (Vector, Vector)) -> Vector {
        constants.1.addingProduct(x, constants.0)
    }
}

extension CPUBackend {
    /// Elements that one thread takes at least, for functions that cost a few instructions.
    static let cheapGrain = 32_768
    /// The same for functions that cost tens of instructions.
    static let dearGrain = 8_192

    /// out = f(x).
    public func unary(_ kernel: UnaryKernel, _ x: NDArray, into out: NDArray) {
        if x.dtype != .float32 { return unaryInteger(kernel, x, into: out) }
        switch kernel {
        case .neg: map(Unary.Neg.self, x, out)
        case .abs: map(Unary.Abs.self, x, out)
        case .exp: map(Unary.Exp.self, x, out, grain: Self.dearGrain)
        case .log: map(Unary.Log.self, x, out, grain: Self.dearGrain)
        case .sqrt: map(Unary.Sqrt.self, x, out)
        case .rsqrt: map(Unary.Rsqrt.self, x, out)
        case .reciprocal: map(Unary.Reciprocal.self, x, out)
        case .square: map(Unary.Square.self, x, out)
        case .sin: map(Unary.Sin.self, x, out, grain: Self.dearGrain)
        case .cos: map(Unary.Cos.self, x, out, grain: Self.dearGrain)
        case .tanh: map(Unary.Tanh.self, x, out, grain: Self.dearGrain)
        case .sigmoid: map(Unary.Sigmoid.self, x, out, grain: Self.dearGrain)
        case .erf: map(Unary.Erf.self, x, out, grain: Self.dearGrain)
        case .sign: map(Unary.Sign.self, x, out)
        case .floor: map(Unary.Floor.self, x, out)
        case .ceil: map(Unary.Ceil.self, x, out)
        case .round: map(Unary.Round.self, x, out)
        case .relu: map(Unary.Relu.self, x, out)
        case .gelu: map(Unary.Gelu.self, x, out, grain: Self.dearGrain)
        case .geluTanh: map(Unary.GeluTanh.self, x, out, grain: Self.dearGrain)
        case .quickGelu: map(Unary.QuickGelu.self, x, out, grain: Self.dearGrain)
        case .silu: map(Unary.Silu.self, x, out, grain: Self.dearGrain)
        case .logicalNot:
            preconditionFailure("logicalNot takes bool arrays, not float32.")
        }
    }

    /// out = f'(x) * gradient, given x and y = f(x).
    public func unaryGradient(
        _ kernel: UnaryKernel, _ x: NDArray, _ y: NDArray, _ gradient: NDArray, into out: NDArray
    ) {
        let dear = Self.dearGrain
        switch kernel {
        case .neg: mapGradient(Unary.Neg.self, x, y, gradient, out)
        case .abs: mapGradient(Unary.Abs.self, x, y, gradient, out)
        case .exp: mapGradient(Unary.Exp.self, x, y, gradient, out)
        case .log: mapGradient(Unary.Log.self, x, y, gradient, out)
        case .sqrt: mapGradient(Unary.Sqrt.self, x, y, gradient, out)
        case .rsqrt: mapGradient(Unary.Rsqrt.self, x, y, gradient, out)
        case .reciprocal: mapGradient(Unary.Reciprocal.self, x, y, gradient, out)
        case .square: mapGradient(Unary.Square.self, x, y, gradient, out)
        case .sin: mapGradient(Unary.Sin.self, x, y, gradient, out, grain: dear)
        case .cos: mapGradient(Unary.Cos.self, x, y, gradient, out, grain: dear)
        case .tanh: mapGradient(Unary.Tanh.self, x, y, gradient, out)
        case .sigmoid: mapGradient(Unary.Sigmoid.self, x, y, gradient, out)
        case .erf: mapGradient(Unary.Erf.self, x, y, gradient, out, grain: dear)
        case .sign: mapGradient(Unary.Sign.self, x, y, gradient, out)
        case .floor: mapGradient(Unary.Floor.self, x, y, gradient, out)
        case .ceil: mapGradient(Unary.Ceil.self, x, y, gradient, out)
        case .round: mapGradient(Unary.Round.self, x, y, gradient, out)
        case .relu: mapGradient(Unary.Relu.self, x, y, gradient, out)
        case .gelu: mapGradient(Unary.Gelu.self, x, y, gradient, out, grain: dear)
        case .geluTanh: mapGradient(Unary.GeluTanh.self, x, y, gradient, out, grain: dear)
        case .quickGelu: mapGradient(Unary.QuickGelu.self, x, y, gradient, out, grain: dear)
        case .silu: mapGradient(Unary.Silu.self, x, y, gradient, out, grain: dear)
        case .logicalNot: preconditionFailure("logicalNot has no gradient.")
        }
    }

    /// out = f(a, b); both operands already have out's shape (expanded by stride 0).
    public func binary(_ kernel: BinaryKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        if out.dtype != .float32 { return binaryInteger(kernel, a, b, into: out) }
        switch kernel {
        case .add: zip(Binary.Add.self, a, b, out)
        case .sub: zip(Binary.Sub.self, a, b, out)
        case .mul: zip(Binary.Mul.self, a, b, out)
        case .div: zip(Binary.Div.self, a, b, out)
        case .pow: zip(Binary.Pow.self, a, b, out, grain: Self.dearGrain / 2)
        case .maximum: zip(Binary.Maximum.self, a, b, out)
        case .minimum: zip(Binary.Minimum.self, a, b, out)
        }
    }

    /// out = min(max(x, lower), upper).
    public func clamp(_ x: NDArray, _ lower: Double, _ upper: Double, into out: NDArray) {
        if x.dtype != .float32 {
            return mapInteger(x, into: out) {
                Swift.min(Swift.max($0, clampedInt(lower)), clampedInt(upper))
            }
        }
        map(Clamp.self, (splat(Float(lower)), splat(Float(upper))), x, out)
    }

    /// out = x * scale + shift with constants.
    public func affine(_ x: NDArray, scale: Double, shift: Double, into out: NDArray) {
        if x.dtype != .float32 {
            return mapInteger(x, into: out) { clampedInt(Double($0) * scale + shift) }
        }
        map(Affine.self, (splat(Float(scale)), splat(Float(shift))), x, out)
    }

    /// out += x * scale, in place; `out` is contiguous and owned by the caller.
    public func accumulate(_ x: NDArray, scale: Double, into out: NDArray) {
        precondition(out.isContiguous, "accumulate adds to a contiguous array.")
        let target = out.floatPointer
        let source = x.floatPointer
        let factor = splat(Float(scale))
        let layout = Layout([x])
        let step = layout.innerStride(0)
        parallel(layout.count, grain: Self.cheapGrain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let row = source + offsets[0]
                forEachVector(length) { column, count in
                    let place = target + position + column
                    let value = loadPartial(place, count).addingProduct(
                        loadStrided(row + column * step, step, count), factor)
                    storePartial(value, place, count)
                }
            }
        }
    }

    // MARK: Loops

    @inline(__always)
    private func map<Operation: UnaryOperation>(
        _ operation: Operation.Type, _ input: NDArray, _ out: NDArray, grain: Int = cheapGrain
    ) {
        if out.count == 0 { return }
        let (layout, operands) = rowLayout([input, out])
        let source = operands[0].floatPointer
        let target = out.floatPointer
        parallel(layout.count, grain: grain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let row = source + offsets[0]
                let place = target + offsets[1]
                forEachVector(length) { column, count in
                    storePartial(
                        Operation.value(loadPartial(row + column, count)), place + column, count)
                }
            }
        }
        withExtendedLifetime(operands) {}
    }

    @inline(__always)
    private func map<Operation: ConstantOperation>(
        _ operation: Operation.Type, _ constants: (Vector, Vector), _ input: NDArray,
        _ out: NDArray
    ) {
        if out.count == 0 { return }
        let (layout, operands) = rowLayout([input, out])
        let source = operands[0].floatPointer
        let target = out.floatPointer
        parallel(layout.count, grain: Self.cheapGrain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let row = source + offsets[0]
                let place = target + offsets[1]
                forEachVector(length) { column, count in
                    storePartial(
                        Operation.value(loadPartial(row + column, count), constants),
                        place + column, count)
                }
            }
        }
        withExtendedLifetime(operands) {}
    }

    @inline(__always)
    private func mapGradient<Operation: UnaryOperation>(
        _ operation: Operation.Type, _ x: NDArray, _ y: NDArray, _ gradient: NDArray,
        _ out: NDArray, grain: Int = cheapGrain
    ) {
        if out.count == 0 { return }
        let (layout, operands) = rowLayout([x, y, gradient, out])
        let bases = (
            operands[0].floatPointer, operands[1].floatPointer, operands[2].floatPointer
        )
        let target = out.floatPointer
        parallel(layout.count, grain: grain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let xs = bases.0 + offsets[0]
                let ys = bases.1 + offsets[1]
                let gs = bases.2 + offsets[2]
                let place = target + offsets[3]
                forEachVector(length) { column, count in
                    let slope = Operation.derivative(
                        loadPartial(xs + column, count), loadPartial(ys + column, count))
                    storePartial(slope * loadPartial(gs + column, count), place + column, count)
                }
            }
        }
        withExtendedLifetime(operands) {}
    }

    /// The merged layout of operands whose rows along the last axis are dense; those that are not are copied.
    private func rowLayout(_ operands: [NDArray]) -> (Layout, [NDArray]) {
        let layout = Layout(operands)
        if operands.indices.allSatisfy({ layout.innerStride($0) == 1 }) || layout.inner == 1 {
            return (layout, operands)
        }
        let copies = operands.enumerated().map {
            layout.innerStride($0.offset) == 1 ? $0.element : dense($0.element)
        }
        return (Layout(copies), copies)
    }

    @inline(__always)
    private func zip<Operation: BinaryOperation>(
        _ operation: Operation.Type, _ a: NDArray, _ b: NDArray, _ out: NDArray,
        grain: Int = cheapGrain
    ) {
        if out.count == 0 { return }
        var layout = Layout([a, b, out])
        var (first, second) = (a, b)
        // A row may be dense or one repeated element; anything else is copied.
        if layout.innerStride(0) > 1 || layout.innerStride(0) < 0 { first = dense(a) }
        if layout.innerStride(1) > 1 || layout.innerStride(1) < 0 { second = dense(b) }
        layout = Layout([first, second, out])
        let left = first.floatPointer
        let right = second.floatPointer
        let target = out.floatPointer
        let repeatsLeft = layout.innerStride(0) == 0
        let repeatsRight = layout.innerStride(1) == 0
        parallel(layout.count, grain: grain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                let xs = left + offsets[0]
                let ys = right + offsets[1]
                let place = target + offsets[2]
                let (x, y) = (splat(xs[0]), splat(ys[0]))
                forEachVector(length) { column, count in
                    storePartial(
                        Operation.value(
                            repeatsLeft ? x : loadPartial(xs + column, count),
                            repeatsRight ? y : loadPartial(ys + column, count)),
                        place + column, count)
                }
            }
        }
        withExtendedLifetime((first, second)) {}
    }
}
