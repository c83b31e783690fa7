import Foundation
import HireArray

extension ReferenceBackend {
    /// Softmax over the last axis, or its logarithm.
    public func softmax(_ x: NDArray, logarithmic: Bool, into out: NDArray) {
        var result = Numbers(x, as: x.shape.rows)
        for row in 0..<result.shape[0] {
            let classes = 0..<result.shape[1]
            let highest = classes.map { result[row, $0] }.max() ?? 0
            let total = classes.reduce(0) { $0 + exp(result[row, $1] - highest) }
            for index in classes {
                let shifted = result[row, index] - highest
                result[row, index] = logarithmic ? shifted - log(total) : exp(shifted) / total
            }
        }
        result.write(to: out)
    }

    /// Gradient through softmax, given its output.
    public func softmaxGradient(
        _ y: NDArray, _ gradient: NDArray, logarithmic: Bool, into out: NDArray
    ) {
        let y = Numbers(y, as: y.shape.rows)
        var result = Numbers(gradient, as: gradient.shape.rows)
        for row in 0..<result.shape[0] {
            let classes = 0..<result.shape[1]
            let total = classes.reduce(0) {
                $0 + result[row, $1] * (logarithmic ? 1 : y[row, $1])
            }
            for index in classes {
                let value = y[row, index]
                let own = result[row, index]
                result[row, index] =
                    logarithmic ? own - exp(value) * total : value * (own - total)
            }
        }
        result.write(to: out)
    }
}
