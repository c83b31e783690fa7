import CVectorShims
import HireArray

#if canImport(Glibc)
    import Glibc
#endif

/// Elementary functions on eight lanes, within about 2 units in the last place.
///
/// The polynomials were fitted (weighted least squares re-weighted towards equal error) to the functions named beside
/// them; their own errors are below 4e-9, so float32 rounding dominates.
enum VectorMath {
    /// Adding this to a small float leaves its rounded value in the low bits.
    private static var roundingConstant: Float { 12_582_912 }

    @inline(__always)
    private static func integers(_ x: Vector) -> SIMD8<Int32> {
        unsafeBitCast(x, to: SIMD8<Int32>.self)
    }

    @inline(__always)
    private static func floats(_ bits: SIMD8<Int32>) -> Vector {
        unsafeBitCast(bits, to: Vector.self)
    }

    /// p(x) with the highest coefficient first.
    @inline(__always)
    private static func step(_ sum: Vector, _ x: Vector, _ coefficient: Float) -> Vector {
        splat(coefficient).addingProduct(sum, x)
    }

    /// e^x; overflows to infinity, underflows gradually.
    @inline(__always)
    static func exp(_ input: Vector) -> Vector {
        // The bounds come first, so that NaN stays.
        let x = hire_maximum(splat(-104), hire_minimum(splat(89), input))
        let shifted = splat(roundingConstant).addingProduct(x, splat(1.442_695_04))
        let n = shifted - roundingConstant
        // ln 2 in two parts: n times the first is exact.
        var r = x.addingProduct(n, splat(-0.693_359_375))
        r = r.addingProduct(n, splat(2.121_944_4e-4))
        // (e^r - 1 - r) / r^2 on |r| <= ln(2)/2.
        var p = splat(0.001_395_047_68)
        p = step(p, r, 0.008_368_882_43)
        p = step(p, r, 0.041_666_206)
        p = step(p, r, 0.166_665_189)
        p = step(p, r, 0.500_000_01)
        let value = (r.addingProduct(r * r, p)) + 1
        let exponent = integers(shifted) &- integers(splat(roundingConstant))
        let half = exponent &>> 1
        let first = floats((half &+ 127) &<< 23)
        let second = floats((exponent &- half &+ 127) &<< 23)
        return value * first * second
    }

    /// The natural logarithm; -infinity at 0, NaN below.
    @inline(__always)
    static func log(_ input: Vector) -> Vector {
        let tiny = input .< 0x1p-126
        let x = input.replacing(with: input * 33_554_432, where: tiny)
        let bits = integers(x)
        let exponent = (bits &- 0x3F35_04F3) &>> 23
        let f = floats(bits &- (exponent &<< 23)) - 1
        var e = floats(exponent &+ integers(splat(roundingConstant))) - roundingConstant
        e = e.replacing(with: e - 25, where: tiny)
        // (log(1 + f) - f + f^2/2) / f^3 on sqrt(1/2) <= 1 + f < sqrt(2).
        var p = splat(0.067_466_012_4)
        p = step(p, f, -0.116_756_413)
        p = step(p, f, 0.118_881_746)
        p = step(p, f, -0.124_055_914)
        p = step(p, f, 0.142_195_509)
        p = step(p, f, -0.166_679_957)
        p = step(p, f, 0.200_021_187)
        p = step(p, f, -0.250_000_096)
        p = step(p, f, 0.333_333_126)
        let square = f * f
        var y = p * f * square
        y = y.addingProduct(e, splat(-2.121_944_4e-4))
        y = y.addingProduct(square, splat(-0.5))
        var result = (f + y).addingProduct(e, splat(0.693_359_375))
        result = result.replacing(with: -.infinity, where: input .== 0)
        result = result.replacing(with: .nan, where: input .< 0)
        return result.replacing(
            with: input, where: (input .== .infinity) .| (input .!= input))
    }

    /// 1 / (1 + e^-x).
    @inline(__always)
    static func sigmoid(_ x: Vector) -> Vector { 1 / (exp(-x) + 1) }

    /// The hyperbolic tangent.
    @inline(__always)
    static func tanh(_ x: Vector) -> Vector {
        let size = magnitude(x)
        let s = x * x
        // (tanh(x)/x - 1) / x^2 in x^2, |x| <= 0.625.
        var p = splat(-0.005_717_036_55)
        p = step(p, s, 0.020_650_579)
        p = step(p, s, -0.053_743_495_3)
        p = step(p, s, 0.133_314_912)
        p = step(p, s, -0.333_332_839)
        let small = x.addingProduct(x * s, p)
        let large = 1 - 2 / (exp(size + size) + 1)
        let signed = large.replacing(with: -large, where: x .< 0)
        return small.replacing(with: signed, where: size .> 0.625)
    }

    /// The error function.
    @inline(__always)
    static func erf(_ x: Vector) -> Vector {
        let size = magnitude(x)
        let s = x * x
        // erf(x)/x in x^2, |x| <= 1.
        var p = splat(7.853_857_71e-05)
        p = step(p, s, -0.000_801_019_252)
        p = step(p, s, 0.005_188_327_56)
        p = step(p, s, -0.026_853_811_9)
        p = step(p, s, 0.112_835_851)
        p = step(p, s, -0.376_126_258)
        p = step(p, s, 1.128_379_17)
        let small = p * x
        // -log(erfc(x)) in x - 1, 1 <= x <= 4.
        let t = hire_minimum(splat(4), size) - 1
        var q = splat(-0.000_186_380_086)
        q = step(q, t, 0.001_829_386_3)
        q = step(q, t, -0.009_895_464_25)
        q = step(q, t, 0.041_503_499_8)
        q = step(q, t, 0.843_117_607)
        q = step(q, t, 2.638_966_88)
        q = step(q, t, 1.849_605_52)
        let large = 1 - exp(-q)
        let signed = large.replacing(with: -large, where: x .< 0)
        return small.replacing(with: signed, where: size .> 1)
    }

    /// The standard normal distribution function and its density.
    @inline(__always)
    static func normal(_ x: Vector) -> (distribution: Vector, density: Vector) {
        let distribution = (erf(x * 0.707_106_781) + 1) * 0.5
        return (distribution, exp(x * x * -0.5) * 0.398_942_28)
    }

    /// Applies a function of the C library lane by lane.
    @inline(__always)
    static func each(_ x: Vector, _ function: (Float) -> Float) -> Vector {
        var result = x
        for lane in 0..<lanes { result[lane] = function(x[lane]) }
        return result
    }
}
