import Foundation
import HireArray

extension ReferenceBackend {
    /// Uniform in [low, high): element i is word i % 4 of counter i / 4, with 24 random bits.
    public func uniform(_ source: RandomSource, low: Double, high: Double, into out: NDArray) {
        var result = Numbers(zeros: out.shape)
        for index in result.values.indices {
            let word = source.words(at: UInt64(index / 4))[index % 4]
            result[index] = low + (high - low) * Double(word >> 8) * 0x1p-24
        }
        result.write(to: out)
    }

    /// Normal by Box-Muller: element i takes the first two words of counter i.
    public func normal(
        _ source: RandomSource, mean: Double, deviation: Double, into out: NDArray
    ) {
        var result = Numbers(zeros: out.shape)
        for index in result.values.indices {
            let words = source.words(at: UInt64(index))
            // The first is in (0, 1], so that its logarithm is finite.
            let first = (Double(words.x >> 8) + 1) * 0x1p-24
            let second = Double(words.y >> 8) * 0x1p-24
            let standard = (-2 * log(first)).squareRoot() * cos(2 * Double.pi * second)
            result[index] = mean + deviation * standard
        }
        result.write(to: out)
    }
}
