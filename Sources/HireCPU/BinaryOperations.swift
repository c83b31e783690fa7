import HireArray

#if canImport(Glibc)
    import Glibc
#endif

/// The functions that `BinaryKernel` names.
enum Binary {
    enum Add: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector { a + b }
    }
    enum Sub: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector { a - b }
    }
    enum Mul: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector { a * b }
    }
    enum Div: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector { a / b }
    }
    enum Pow: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector {
            var result = a
            for lane in 0..<lanes { result[lane] = powf(a[lane], b[lane]) }
            return result
        }
    }
    enum Maximum: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector { larger(a, b) }
    }
    enum Minimum: BinaryOperation {
        @inline(__always) static func value(_ a: Vector, _ b: Vector) -> Vector { smaller(a, b) }
    }
}

/// The nearest Int, with what does not fit (and NaN, as 0) brought into range; towards zero.
func clampedInt(_ value: Double) -> Int {
    if value >= 9.2e18 { return Int.max }
    if value <= -9.2e18 { return Int.min }
    return value.isNaN ? 0 : Int(value)
}

/// Integer functions of one operand; bool only for `logicalNot`.
@inline(never)
private func integerValue(_ kernel: UnaryKernel, _ x: Int) -> Int {
    switch kernel {
    case .neg: 0 &- x
    case .abs: x < 0 ? 0 &- x : x
    case .square: x &* x
    case .sign: x.signum()
    case .relu: max(x, 0)
    case .floor, .ceil, .round: x
    case .logicalNot: x == 0 ? 1 : 0
    default: preconditionFailure("\(kernel.rawValue) takes float32 arrays, not integers.")
    }
}

/// Integer arithmetic; division rounds down, as PyTorch's floor division, and gives 0 for divisor 0.
@inline(never)
private func integerValue(_ kernel: BinaryKernel, _ x: Int, _ y: Int) -> Int {
    switch kernel {
    case .add: return x &+ y
    case .sub: return x &- y
    case .mul: return x &* y
    case .div:
        if y == 0 { return 0 }
        let (quotient, rest) = x.quotientAndRemainder(dividingBy: y)
        return rest != 0 && (rest < 0) != (y < 0) ? quotient - 1 : quotient
    case .pow:
        var result = 1
        for _ in 0..<max(y, 0) { result = result &* x }
        return result
    case .maximum: return max(x, y)
    case .minimum: return min(x, y)
    }
}

extension CPUBackend {
    func unaryInteger(_ kernel: UnaryKernel, _ x: NDArray, into out: NDArray) {
        mapInteger(x, into: out) { integerValue(kernel, $0) }
    }

    /// Applies a function to an integer or bool array, element by element.
    @inline(never)
    func mapInteger(_ x: NDArray, into out: NDArray, _ function: (Int) -> Int) {
        let source = ElementReader(x)
        let target = ElementWriter(out)
        let layout = Layout([x, out])
        let steps = (layout.innerStride(0), layout.innerStride(1))
        layout.forEachRun(in: 0..<layout.count) { offsets, position, length in
            for index in 0..<length {
                target.set(
                    offsets[1] + index * steps.1,
                    function(source.integer(offsets[0] + index * steps.0)))
            }
        }
    }

    func binaryInteger(_ kernel: BinaryKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        let left = ElementReader(a)
        let right = ElementReader(b)
        let target = ElementWriter(out)
        let layout = Layout([a, b, out])
        let steps = (layout.innerStride(0), layout.innerStride(1), layout.innerStride(2))
        layout.forEachRun(in: 0..<layout.count) { offsets, position, length in
            for index in 0..<length {
                target.set(
                    offsets[2] + index * steps.2,
                    integerValue(
                        kernel, left.integer(offsets[0] + index * steps.0),
                        right.integer(offsets[1] + index * steps.1)))
            }
        }
    }
}
