import CVectorShims
import HireArray

#if canImport(Glibc)
    import Glibc
#endif

/// A function of one operand on eight lanes, and its derivative.
protocol UnaryOperation {
    static func value(_ x: Vector) -> Vector
    /// f'(x), given y = f(x).
    static func derivative(_ x: Vector, _ y: Vector) -> Vector
}

/// The functions that `UnaryKernel` names.
enum Unary {
    enum Neg: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { -x }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { splat(-1) }
    }
    enum Abs: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { magnitude(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            Sign.value(x)
        }
    }
    enum Exp: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { VectorMath.exp(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { y }
    }
    enum Log: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { VectorMath.log(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { 1 / x }
    }
    enum Sqrt: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { x.squareRoot() }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { 0.5 / y }
    }
    enum Rsqrt: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { 1 / x.squareRoot() }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            y * y * y * -0.5
        }
    }
    enum Reciprocal: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { 1 / x }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { -(y * y) }
    }
    enum Square: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { x * x }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { x + x }
    }
    enum Sin: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector {
            VectorMath.each(x) { sinf($0) }
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            VectorMath.each(x) { cosf($0) }
        }
    }
    enum Cos: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector {
            VectorMath.each(x) { cosf($0) }
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            -VectorMath.each(x) { sinf($0) }
        }
    }
    enum Tanh: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { VectorMath.tanh(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { 1 - y * y }
    }
    enum Sigmoid: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { VectorMath.sigmoid(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { y * (1 - y) }
    }
    enum Erf: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { VectorMath.erf(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            VectorMath.exp(-(x * x)) * 1.128_379_167
        }
    }
    enum Sign: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector {
            let positive = Vector.zero.replacing(with: 1, where: x .> 0)
            return positive.replacing(with: -1, where: x .< 0)
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { .zero }
    }
    enum Floor: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { hire_floor(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { .zero }
    }
    enum Ceil: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { hire_ceil(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { .zero }
    }
    /// Ties go to even, as in PyTorch.
    enum Round: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { hire_round(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector { .zero }
    }
    enum Relu: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector {
            x.replacing(with: 0, where: x .< 0)
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            Vector.zero.replacing(with: 1, where: x .> 0)
        }
    }
    enum Gelu: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector {
            (VectorMath.erf(x * 0.707_106_781) + 1) * (x * 0.5)
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            let (distribution, density) = VectorMath.normal(x)
            return distribution.addingProduct(x, density)
        }
    }
    enum GeluTanh: UnaryOperation {
        @inline(__always) static func inside(_ x: Vector) -> Vector {
            (x + x * x * x * 0.044_715) * 0.797_884_56
        }
        @inline(__always) static func value(_ x: Vector) -> Vector {
            (VectorMath.tanh(inside(x)) + 1) * (x * 0.5)
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            let t = VectorMath.tanh(inside(x))
            let slope = (x * x * 0.134_145 + 1) * 0.797_884_56
            return (t + 1) * 0.5 + x * 0.5 * (1 - t * t) * slope
        }
    }
    enum QuickGelu: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector {
            x * VectorMath.sigmoid(x * 1.702)
        }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            let s = VectorMath.sigmoid(x * 1.702)
            return s + x * s * (1 - s) * 1.702
        }
    }
    enum Silu: UnaryOperation {
        @inline(__always) static func value(_ x: Vector) -> Vector { x * VectorMath.sigmoid(x) }
        @inline(__always) static func derivative(_ x: Vector, _ y: Vector) -> Vector {
            let s = VectorMath.sigmoid(x)
            return s * (x * (1 - s) + 1)
        }
    }
}
