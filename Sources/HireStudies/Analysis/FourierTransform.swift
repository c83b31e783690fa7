import Foundation

/// The discrete Fourier transform of any length, in double precision: X[k] = sum over n of x[n] exp(-2 pi i k n / N).
///
/// Splits the length by its smallest factor (Cooley-Tukey); prime lengths take N^2 steps.
struct FourierTransform {
    private let length: Int
    private let cosines: [Double]
    private let sines: [Double]

    init(_ length: Int) {
        self.length = length
        let angles = (0..<length).map { -2 * Double.pi * Double($0) / Double(length) }
        cosines = angles.map(cos)
        sines = angles.map(sin)
    }

    /// The transform of one row of numbers.
    func callAsFunction(_ real: [Double], _ imaginary: [Double]) -> (
        real: [Double], imaginary: [Double]
    ) {
        precondition(real.count == length && imaginary.count == length, "One length is made for.")
        return transformed(real, imaginary, 0, 1, length)
    }

    /// The transform of `count` elements from `start`, `step` apart.
    private func transformed(
        _ real: [Double], _ imaginary: [Double], _ start: Int, _ step: Int, _ count: Int
    ) -> (real: [Double], imaginary: [Double]) {
        if count == 1 { return ([real[start]], [imaginary[start]]) }
        let factor = (2...count).first { count % $0 == 0 } ?? count
        let inner = count / factor
        let parts = (0..<factor).map {
            transformed(real, imaginary, start + $0 * step, step * factor, inner)
        }
        // exp(-2 pi i k / count) stands at k * (length / count), as count divides the length.
        let scale = length / count
        var result = (
            real: [Double](repeating: 0, count: count),
            imaginary: [Double](repeating: 0, count: count)
        )
        for k in 0..<count {
            var (a, b) = (0.0, 0.0)
            for (index, part) in parts.enumerated() {
                let angle = k * index % count * scale
                let (x, y) = (part.real[k % inner], part.imaginary[k % inner])
                a += x * cosines[angle] - y * sines[angle]
                b += x * sines[angle] + y * cosines[angle]
            }
            result.real[k] = a
            result.imaginary[k] = b
        }
        return result
    }
}
