import Foundation

/// How rotary frequencies are changed for sequences longer than those a model was first trained on.
///
/// The names are those of `rope_type` in Hugging Face's configurations (`modeling_rope_utils.py`).
public enum RotaryScaling: Sendable, Equatable {
    /// The frequencies as they are.
    case none
    /// Every frequency divided by a factor.
    case linear(factor: Double)
    /// Llama 3.1: long wavelengths divided by the factor, short ones kept, and a smooth passage between.
    ///
    /// `low` and `high` divide `original`, the positions of the first training, into the two bounding wavelengths.
    case llama3(factor: Double, low: Double, high: Double, original: Int)

    /// The angle per position of each pair: base^(-2j/d) in float32, then scaled; d/2 numbers.
    ///
    /// - Parameters:
    ///   - headWidth: d, even.
    ///   - base: `rope_theta`.
    public func frequencies(headWidth: Int, base: Double) -> [Float] {
        let plain = (0..<headWidth / 2).map {
            1 / powf(Float(base), Float(2 * $0) / Float(headWidth))
        }
        switch self {
        case .none: return plain
        case .linear(let factor): return plain.map { $0 / Float(factor) }
        case .llama3(let factor, let low, let high, let original):
            return plain.map { frequency in
                let wavelength = Float(2 * Double.pi) / frequency
                let turns = Float(original) / wavelength
                if turns < Float(low) { return frequency / Float(factor) }
                if turns > Float(high) { return frequency }
                let share = (turns - Float(low)) / Float(high - low)
                return (1 - share) * frequency / Float(factor) + share * frequency
            }
        }
    }
}
