import Foundation
import HireArray

/// How a parameter's numbers begin; the definitions are PyTorch's (`torch.nn.init`).
public enum Initializer: Sendable, Equatable {
    case zeros
    case ones
    case constant(Double)
    /// U(low, high).
    case uniform(low: Double, high: Double)
    /// N(mean, deviation^2).
    case normal(mean: Double = 0, deviation: Double)
    /// N(0, deviation^2) cut to [low, high], absolute bounds (`trunc_normal_`).
    case truncatedNormal(deviation: Double, low: Double = -2, high: Double = 2)
    /// The given numbers, row-major.
    case values([Float])

    /// What `nn.Linear` and `nn.Conv2d` use for weight and bias: U(-1/sqrt(fanIn), 1/sqrt(fanIn)).
    ///
    /// It is `kaiming_uniform_(a=sqrt(5))` for weights.
    public static func fanInUniform(_ fanIn: Int) -> Initializer {
        let bound = fanIn > 0 ? 1 / Double(fanIn).squareRoot() : 0
        return .uniform(low: -bound, high: bound)
    }

    /// `xavier_uniform_`: U(-b, b) with b = sqrt(6 / (fanIn + fanOut)).
    public static func xavierUniform(fanIn: Int, fanOut: Int) -> Initializer {
        let bound = (6 / Double(fanIn + fanOut)).squareRoot()
        return .uniform(low: -bound, high: bound)
    }

    /// `kaiming_normal_` for ReLU: N(0, 2 / fanIn).
    public static func kaimingNormal(_ fanIn: Int) -> Initializer {
        .normal(deviation: (2 / Double(fanIn)).squareRoot())
    }

    /// Fills an array.
    ///
    /// - Throws: `ArrayError.shape` if the number of given values does not fit.
    func fill(_ array: NDArray, on backend: any Backend, from source: RandomSource) throws {
        switch self {
        case .zeros: backend.fill(array, 0)
        case .ones: backend.fill(array, 1)
        case .constant(let value): backend.fill(array, value)
        case .uniform(let low, let high):
            backend.uniform(source, low: low, high: high, into: array)
        case .normal(let mean, let deviation):
            backend.normal(source, mean: mean, deviation: deviation, into: array)
        case .truncatedNormal(let deviation, let low, let high):
            guard backend.computesValues else { return }
            let values = source.uniforms(array.count).map {
                Initializer.truncatedNormal(Double($0), deviation, low, high)
            }
            backend.copy(try backend.array(values, array.shape), into: array)
        case .values(let values):
            backend.copy(try backend.array(values, array.shape), into: array)
        }
    }

    /// The inverse of the cut distribution function at u, by bisection on erf (rounding-exact, no tables).
    private static func truncatedNormal(
        _ u: Double, _ deviation: Double, _ low: Double, _ high: Double
    ) -> Float {
        func cumulative(_ x: Double) -> Double { 0.5 * erfc(-x / deviation * 0.5.squareRoot()) }
        let wanted = cumulative(low) + u * (cumulative(high) - cumulative(low))
        var (left, right) = (low, high)
        while true {
            let middle = 0.5 * (left + right)
            if middle <= left || middle >= right || right - left < 1e-12 * deviation {
                return Float(middle)
            }
            if cumulative(middle) < wanted { left = middle } else { right = middle }
        }
    }
}
