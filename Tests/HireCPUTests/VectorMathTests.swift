import Foundation
import Testing

@testable import HireCPU

/// The vector functions against the C library in double precision, in units in the last place.
@Suite struct VectorMathTests {
    /// How far a float lies from a double, in units in the last place of the double rounded to float.
    private func units(_ found: Float, _ exact: Double) -> Double {
        let nearest = Float(exact)
        if nearest.isInfinite || nearest.isNaN {
            return found == nearest || found.isNaN ? 0 : .infinity
        }
        return abs(Double(found) - exact) / Double(max(nearest.ulp, Float.leastNormalMagnitude.ulp))
    }

    /// The largest error over evenly spaced arguments.
    private func worst(
        _ range: ClosedRange<Float>, _ function: (SIMD8<Float>) -> SIMD8<Float>,
        _ exact: (Double) -> Double
    ) -> Double {
        var largest = 0.0
        let steps = 200_000
        for step in stride(from: 0, to: steps, by: 8) {
            var x = SIMD8<Float>.zero
            for lane in 0..<8 {
                let share = Float(step + lane) / Float(steps)
                x[lane] = range.lowerBound + (range.upperBound - range.lowerBound) * share
            }
            let y = function(x)
            for lane in 0..<8 { largest = max(largest, units(y[lane], exact(Double(x[lane])))) }
        }
        return largest
    }

    @Test func exponential() {
        #expect(worst(-87...88.7, VectorMath.exp, exp) < 2)
        // Below -87.3 results are subnormal: their last place is the smallest float.
        #expect(worst(-103...(-87), VectorMath.exp, exp) < 2)
    }

    @Test func logarithm() {
        #expect(worst(1e-3...2, VectorMath.log, log) < 2)
        #expect(worst(2...1e6, VectorMath.log, log) < 2)
        #expect(worst(0x1p-146...0x1p-127, VectorMath.log, log) < 2)
    }

    @Test func hyperbolicTangent() { #expect(worst(-10...10, VectorMath.tanh, tanh) < 3) }

    @Test func logisticFunction() {
        #expect(worst(-80...80, VectorMath.sigmoid) { 1 / (1 + exp(-$0)) } < 3)
    }

    @Test func errorFunction() { #expect(worst(-5...5, VectorMath.erf, erf) < 3) }

    @Test func specialValues() {
        let x = SIMD8<Float>(.infinity, -.infinity, .nan, 0, 1000, -1000, 1, -1)
        let e = VectorMath.exp(x)
        #expect(e[0] == .infinity && e[1] == 0 && e[2].isNaN && e[3] == 1)
        #expect(e[4] == .infinity && e[5] == 0)
        let l = VectorMath.log(x)
        #expect(l[0] == .infinity && l[1].isNaN && l[2].isNaN && l[3] == -.infinity && l[6] == 0)
        #expect(l[7].isNaN)
        let t = VectorMath.tanh(x)
        #expect(t[0] == 1 && t[1] == -1 && t[2].isNaN && t[3] == 0 && t[5] == -1)
        let f = VectorMath.erf(x)
        #expect(f[0] == 1 && f[1] == -1 && f[2].isNaN && f[3] == 0 && f[4] == 1)
        let s = VectorMath.sigmoid(x)
        #expect(s[0] == 1 && s[1] == 0 && s[2].isNaN && s[3] == 0.5 && s[5] == 0)
    }
}
