import Foundation
import HireArray

extension ReferenceBackend {
    /// The sum of squares of all elements.
    public func sumOfSquares(_ x: NDArray) -> Double {
        Numbers(x).values.reduce(0) { $0 + $1 * $1 }
    }

    /// One step of `torch.optim.AdamW`: decay, moments, bias correction, update.
    public func adamW(
        _ parameter: NDArray, gradient: NDArray, firstMoment: NDArray, secondMoment: NDArray,
        _ kernel: AdamWKernel
    ) {
        var values = Numbers(parameter)
        let gradient = Numbers(gradient)
        var first = Numbers(firstMoment)
        var second = Numbers(secondMoment)
        let correction1 = 1 - pow(kernel.beta1, Double(kernel.step))
        let correction2 = 1 - pow(kernel.beta2, Double(kernel.step))
        for index in values.values.indices {
            let slope = gradient[index] * kernel.gradientScale
            values[index] *= 1 - kernel.learningRate * kernel.weightDecay
            first[index] = kernel.beta1 * first[index] + (1 - kernel.beta1) * slope
            second[index] = kernel.beta2 * second[index] + (1 - kernel.beta2) * slope * slope
            let deviation = second[index].squareRoot() / correction2.squareRoot() + kernel.epsilon
            values[index] -= kernel.learningRate / correction1 * first[index] / deviation
        }
        values.write(to: parameter)
        first.write(to: firstMoment)
        second.write(to: secondMoment)
    }

    /// One step of `torch.optim.SGD` (dampening 0).
    public func sgd(
        _ parameter: NDArray, gradient: NDArray, momentumBuffer: NDArray?, learningRate: Double,
        momentum: Double, weightDecay: Double, nesterov: Bool, gradientScale: Double
    ) {
        var values = Numbers(parameter)
        let gradient = Numbers(gradient)
        var buffer = momentumBuffer.map { Numbers($0) }
        for index in values.values.indices {
            var slope = gradient[index] * gradientScale + weightDecay * values[index]
            if let moved = buffer?[index] {
                let velocity = momentum * moved + slope
                buffer?[index] = velocity
                slope = nesterov ? slope + momentum * velocity : velocity
            }
            values[index] -= learningRate * slope
        }
        values.write(to: parameter)
        if let buffer, let momentumBuffer { buffer.write(to: momentumBuffer) }
    }
}
