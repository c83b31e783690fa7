import Foundation
import HireArray

extension ReferenceBackend {
    /// out = f(x).
    public func unary(_ kernel: UnaryKernel, _ x: NDArray, into out: NDArray) {
        map(x, into: out) { Self.value(of: kernel, at: $0) }
    }

    /// out = f'(x) * gradient.
    public func unaryGradient(
        _ kernel: UnaryKernel, _ x: NDArray, _ y: NDArray, _ gradient: NDArray, into out: NDArray
    ) {
        let x = Numbers(x)
        let y = Numbers(y)
        var result = Numbers(gradient)
        for index in result.values.indices {
            result[index] *= Self.slope(of: kernel, at: x[index], value: y[index])
        }
        result.write(to: out)
    }

    /// out = f(a, b).
    public func binary(_ kernel: BinaryKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        map(a, b, into: out) { a, b in
            switch kernel {
            case .add: a + b
            case .sub: a - b
            case .mul: a * b
            case .div: a / b
            case .pow: pow(a, b)
            case .maximum: a.isNaN || a > b ? a : b
            case .minimum: a.isNaN || a < b ? a : b
            }
        }
    }

    /// out (bool) = a ? b.
    public func compare(_ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        map(a, b, into: out) { a, b in
            switch kernel {
            case .eq: a == b ? 1 : 0
            case .ne: a != b ? 1 : 0
            case .lt: a < b ? 1 : 0
            case .le: a <= b ? 1 : 0
            case .gt: a > b ? 1 : 0
            case .ge: a >= b ? 1 : 0
            }
        }
    }

    /// out = condition ? a : b.
    public func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        let condition = Numbers(condition)
        let a = Numbers(a)
        var result = Numbers(b)
        for index in result.values.indices where condition[index] != 0 { result[index] = a[index] }
        result.write(to: out)
    }

    /// out = min(max(x, lower), upper); NaN stays NaN.
    public func clamp(_ x: NDArray, _ lower: Double, _ upper: Double, into out: NDArray) {
        map(x, into: out) { $0.isNaN ? $0 : Swift.min(Swift.max($0, lower), upper) }
    }

    /// out = x * scale + shift.
    public func affine(_ x: NDArray, scale: Double, shift: Double, into out: NDArray) {
        map(x, into: out) { $0 * scale + shift }
    }

    /// out += x * scale, in place.
    public func accumulate(_ x: NDArray, scale: Double, into out: NDArray) {
        map(out, x, into: out) { $0 + $1 * scale }
    }

    private func map(_ x: NDArray, into out: NDArray, _ function: (Double) -> Double) {
        var result = Numbers(x)
        for index in result.values.indices { result[index] = function(result[index]) }
        result.write(to: out)
    }

    private func map(
        _ a: NDArray, _ b: NDArray, into out: NDArray, _ function: (Double, Double) -> Double
    ) {
        var result = Numbers(a)
        let b = Numbers(b)
        for index in result.values.indices { result[index] = function(result[index], b[index]) }
        result.write(to: out)
    }

    /// f(x), PyTorch's definitions; NaN stays NaN but for `sign` and `logicalNot`.
    private static func value(of kernel: UnaryKernel, at x: Double) -> Double {
        switch kernel {
        case .neg: -x
        case .abs: Swift.abs(x)
        case .exp: exp(x)
        case .log: log(x)
        case .sqrt: x.squareRoot()
        case .rsqrt: 1 / x.squareRoot()
        case .reciprocal: 1 / x
        case .square: x * x
        case .sin: sin(x)
        case .cos: cos(x)
        case .tanh: tanh(x)
        case .sigmoid: sigmoid(x)
        case .erf: erf(x)
        case .sign: x > 0 ? 1 : x < 0 ? -1 : 0
        case .floor: x.rounded(.down)
        case .ceil: x.rounded(.up)
        case .round: x.rounded(.toNearestOrEven)
        case .relu: x < 0 ? 0 : x
        case .gelu: x * normalDistribution(x)
        case .geluTanh: 0.5 * x * (1 + tanh(tanhArgument(x)))
        case .quickGelu: x * sigmoid(1.702 * x)
        case .silu: x * sigmoid(x)
        case .logicalNot: x == 0 ? 1 : 0
        }
    }

    /// f'(x), given y = f(x); 0 where f is flat, and at the kinks of `abs` and `relu`.
    private static func slope(of kernel: UnaryKernel, at x: Double, value y: Double) -> Double {
        switch kernel {
        case .neg: return -1
        case .abs: return x > 0 ? 1 : x < 0 ? -1 : 0
        case .exp: return y
        case .log: return 1 / x
        case .sqrt: return 0.5 / y
        case .rsqrt: return -0.5 * y * y * y
        case .reciprocal: return -y * y
        case .square: return 2 * x
        case .sin: return cos(x)
        case .cos: return -sin(x)
        case .tanh: return 1 - y * y
        case .sigmoid: return y * (1 - y)
        case .erf: return 2 / Double.pi.squareRoot() * exp(-x * x)
        case .sign, .floor, .ceil, .round, .logicalNot: return 0
        case .relu: return y > 0 ? 1 : 0
        case .gelu: return normalDistribution(x) + x * normalDensity(x)
        case .geluTanh:
            let t = tanh(tanhArgument(x))
            let inner = (2 / Double.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
            return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * inner
        case .quickGelu:
            let s = sigmoid(1.702 * x)
            return s + 1.702 * x * s * (1 - s)
        case .silu:
            let s = sigmoid(x)
            return s + x * s * (1 - s)
        }
    }

    private static func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }

    /// Phi(x), the distribution function of the standard normal.
    private static func normalDistribution(_ x: Double) -> Double {
        0.5 * (1 + erf(x / 2.0.squareRoot()))
    }

    /// phi(x), its density.
    private static func normalDensity(_ x: Double) -> Double {
        exp(-0.5 * x * x) / (2 * Double.pi).squareRoot()
    }

    private static func tanhArgument(_ x: Double) -> Double {
        (2 / Double.pi).squareRoot() * (x + 0.044715 * x * x * x)
    }
}
