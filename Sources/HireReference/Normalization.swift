import HireArray

extension ReferenceBackend {
    /// `F.layer_norm` over the last axis.
    public func layerNorm(
        _ x: NDArray, weight: NDArray?, bias: NDArray?, epsilon: Double, into out: NDArray,
        mean: NDArray, inverseDeviation: NDArray
    ) {
        var result = Numbers(x, as: x.shape.rows)
        let weight = weight.map { Numbers($0) }
        let bias = bias.map { Numbers($0) }
        var means = Numbers(zeros: [result.shape[0]])
        var inverses = Numbers(zeros: [result.shape[0]])
        let width = result.shape[1]
        for row in 0..<result.shape[0] {
            let center = (0..<width).reduce(0) { $0 + result[row, $1] } / Double(width)
            var variance = 0.0
            for index in 0..<width {
                let difference = result[row, index] - center
                variance += difference * difference / Double(width)
            }
            let inverse = 1 / (variance + epsilon).squareRoot()
            means[row] = center
            inverses[row] = inverse
            for index in 0..<width {
                let normal = (result[row, index] - center) * inverse
                result[row, index] = normal * (weight?[index] ?? 1) + (bias?[index] ?? 0)
            }
        }
        result.write(to: out)
        means.write(to: mean)
        inverses.write(to: inverseDeviation)
    }

    /// Gradients of `layerNorm`.
    public func layerNormGradient(
        _ x: NDArray, weight: NDArray?, mean: NDArray, inverseDeviation: NDArray,
        _ gradient: NDArray, into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {
        let x = Numbers(x, as: x.shape.rows)
        let gradient = Numbers(gradient, as: x.shape)
        let weight = weight.map { Numbers($0) }
        let mean = Numbers(mean, as: [x.shape[0]])
        let inverse = Numbers(inverseDeviation, as: [x.shape[0]])
        let width = x.shape[1]
        var input = Numbers(zeros: x.shape)
        var weights = Numbers(zeros: [width])
        var biases = Numbers(zeros: [width])
        for row in 0..<x.shape[0] {
            let normal = (0..<width).map { (x[row, $0] - mean[row]) * inverse[row] }
            let scaled = (0..<width).map { gradient[row, $0] * (weight?[$0] ?? 1) }
            let meanScaled = scaled.reduce(0, +) / Double(width)
            let meanProduct = zip(scaled, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
            for index in 0..<width {
                input[row, index] =
                    inverse[row] * (scaled[index] - meanScaled - normal[index] * meanProduct)
                weights[index] += gradient[row, index] * normal[index]
                biases[index] += gradient[row, index]
            }
        }
        if let out { input.write(to: out) }
        if let weightGradient { weights.write(to: weightGradient) }
        if let biasGradient { biases.write(to: biasGradient) }
    }

    /// x / sqrt(mean(x^2) + epsilon) * weight over the last axis.
    public func rmsNorm(
        _ x: NDArray, weight: NDArray, epsilon: Double, into out: NDArray, inverseRoot: NDArray
    ) {
        var result = Numbers(x, as: x.shape.rows)
        let weight = Numbers(weight)
        var inverses = Numbers(zeros: [result.shape[0]])
        let width = result.shape[1]
        for row in 0..<result.shape[0] {
            let squares = (0..<width).reduce(0) { $0 + result[row, $1] * result[row, $1] }
            inverses[row] = 1 / (squares / Double(width) + epsilon).squareRoot()
            for index in 0..<width { result[row, index] *= inverses[row] * weight[index] }
        }
        result.write(to: out)
        inverses.write(to: inverseRoot)
    }

    /// Gradients of `rmsNorm`.
    public func rmsNormGradient(
        _ x: NDArray, weight: NDArray, inverseRoot: NDArray, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?
    ) {
        let x = Numbers(x, as: x.shape.rows)
        let gradient = Numbers(gradient, as: x.shape)
        let weight = Numbers(weight)
        let inverse = Numbers(inverseRoot, as: [x.shape[0]])
        let width = x.shape[1]
        var input = Numbers(zeros: x.shape)
        var weights = Numbers(zeros: [width])
        for row in 0..<x.shape[0] {
            let normal = (0..<width).map { x[row, $0] * inverse[row] }
            let scaled = (0..<width).map { gradient[row, $0] * weight[$0] }
            let meanProduct = zip(scaled, normal).reduce(0) { $0 + $1.0 * $1.1 } / Double(width)
            for index in 0..<width {
                input[row, index] = inverse[row] * (scaled[index] - normal[index] * meanProduct)
                weights[index] += gradient[row, index] * normal[index]
            }
        }
        if let out { input.write(to: out) }
        if let weightGradient { weights.write(to: weightGradient) }
    }
}
