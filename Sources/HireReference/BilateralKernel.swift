import Foundation
import HireArray

extension ReferenceBackend {
    /// The normalised joint bilateral kernel of each pixel (FeatUp, `JBULearnedRange`, steps 2 and 3).
    public func bilateralKernel(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int,
        range: NDArray, into out: NDArray
    ) {
        let projected = Numbers(projected)
        let temperature = Numbers(temperature)[0]
        let spatial = Numbers(spatial)
        let taps = spatial.values.count
        var softmax = Numbers(zeros: range.shape)
        var result = Numbers(zeros: out.shape)
        for b in 0..<projected.shape[0] {
            for y in 0..<projected.shape[2] {
                for x in 0..<projected.shape[3] {
                    let logits = neighbourDots(projected, b, y, x, radius).map { $0 * temperature }
                    let highest = logits.max() ?? 0
                    let exponentials = logits.map { exp($0 - highest) }
                    let total = exponentials.reduce(0, +)
                    var sum = 0.0
                    for p in 0..<taps {
                        softmax[b, p, y, x] = exponentials[p] / total
                        sum += softmax[b, p, y, x] * spatial[p]
                    }
                    for p in 0..<taps {
                        result[b, p, y, x] =
                            softmax[b, p, y, x] * spatial[p] / max(sum, smallestKernelSum)
                    }
                }
            }
        }
        softmax.write(to: range)
        result.write(to: out)
    }

    /// Gradients of `bilateralKernel` given what it saved.
    public func bilateralKernelGradient(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        _ gradient: NDArray, into out: NDArray, temperatureGradient: NDArray,
        spatialGradient: NDArray
    ) {
        let projected = Numbers(projected)
        let temperature = Numbers(temperature)[0]
        let spatial = Numbers(spatial)
        let range = Numbers(range)
        let gradient = Numbers(gradient)
        let taps = 0..<spatial.values.count
        var dProjected = Numbers(zeros: projected.shape)
        var dTemperature = Numbers(zeros: [1])
        var dSpatial = Numbers(zeros: [taps.count])
        for b in 0..<projected.shape[0] {
            for y in 0..<projected.shape[2] {
                for x in 0..<projected.shape[3] {
                    // out = u / max(sum(u), smallest) with u = range * spatial.
                    let sum = taps.reduce(0) { $0 + range[b, $1, y, x] * spatial[$1] }
                    let divisor = max(sum, smallestKernelSum)
                    let pull = taps.reduce(0) {
                        $0 + gradient[b, $1, y, x] * range[b, $1, y, x] * spatial[$1]
                    }
                    let shared = sum >= smallestKernelSum ? pull / (divisor * divisor) : 0
                    let du = taps.map { gradient[b, $0, y, x] / divisor - shared }
                    for p in taps { dSpatial[p] += du[p] * range[b, p, y, x] }
                    // range = softmax(temperature * dots).
                    let mean = taps.reduce(0) { $0 + du[$1] * spatial[$1] * range[b, $1, y, x] }
                    let dots = neighbourDots(projected, b, y, x, radius)
                    for p in taps {
                        let dLogit = range[b, p, y, x] * (du[p] * spatial[p] - mean)
                        dTemperature[0] += dLogit * dots[p]
                        let (row, column) = neighbour(projected.shape, p, y, x, radius)
                        for key in 0..<projected.shape[1] {
                            dProjected[b, key, row, column] +=
                                dLogit * temperature * projected[b, key, y, x]
                            dProjected[b, key, y, x] +=
                                dLogit * temperature * projected[b, key, row, column]
                        }
                    }
                }
            }
        }
        dProjected.write(to: out)
        dTemperature.write(to: temperatureGradient)
        dSpatial.write(to: spatialGradient)
    }

    /// The least sum that a kernel is divided by.
    private var smallestKernelSum: Double { 1e-7 }

    /// Row and column of neighbour p of a pixel, mirrored at the border.
    private func neighbour(
        _ shape: Shape, _ p: Int, _ y: Int, _ x: Int, _ radius: Int
    ) -> (Int, Int) {
        let diameter = 2 * radius + 1
        guard
            let row = Numbers.source(y + p / diameter - radius, shape[2], .reflect),
            let column = Numbers.source(x + p % diameter - radius, shape[3], .reflect)
        else { preconditionFailure("A mirrored position always exists.") }
        return (row, column)
    }

    /// <P at neighbour p, P at the pixel> for every p.
    private func neighbourDots(
        _ projected: Numbers, _ b: Int, _ y: Int, _ x: Int, _ radius: Int
    ) -> [Double] {
        (0..<(2 * radius + 1) * (2 * radius + 1)).map { p in
            let (row, column) = neighbour(projected.shape, p, y, x, radius)
            return (0..<projected.shape[1]).reduce(0) {
                $0 + projected[b, $1, row, column] * projected[b, $1, y, x]
            }
        }
    }
}
