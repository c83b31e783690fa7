import HireArray

extension ReferenceBackend {
    /// Mean and biased variance per channel of [N, C, ...].
    public func channelStatistics(_ x: NDArray, mean: NDArray, variance: NDArray) {
        let x = Numbers(x, as: x.shape.around(1))
        let (samples, channels, pixels) = (x.shape[0], x.shape[1], x.shape[2])
        let count = Double(samples * pixels)
        var means = Numbers(zeros: [channels])
        var variances = Numbers(zeros: [channels])
        for channel in 0..<channels {
            for sample in 0..<samples {
                for pixel in 0..<pixels { means[channel] += x[sample, channel, pixel] / count }
            }
            for sample in 0..<samples {
                for pixel in 0..<pixels {
                    let difference = x[sample, channel, pixel] - means[channel]
                    variances[channel] += difference * difference / count
                }
            }
        }
        means.write(to: mean)
        variances.write(to: variance)
    }

    /// (x - mean) / sqrt(variance + epsilon) * weight + bias per channel of [N, C, ...].
    public func batchNorm(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, bias: NDArray?,
        epsilon: Double, into out: NDArray
    ) {
        var result = Numbers(x, as: x.shape.around(1))
        let mean = Numbers(mean)
        let variance = Numbers(variance)
        let weight = weight.map { Numbers($0) }
        let bias = bias.map { Numbers($0) }
        for sample in 0..<result.shape[0] {
            for channel in 0..<result.shape[1] {
                let inverse = 1 / (variance[channel] + epsilon).squareRoot()
                for pixel in 0..<result.shape[2] {
                    let normal = (result[sample, channel, pixel] - mean[channel]) * inverse
                    result[sample, channel, pixel] =
                        normal * (weight?[channel] ?? 1) + (bias?[channel] ?? 0)
                }
            }
        }
        result.write(to: out)
    }

    /// Gradients of `batchNorm`; with `training`, mean and variance were those of x itself.
    public func batchNormGradient(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, epsilon: Double,
        training: Bool, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {
        let x = Numbers(x, as: x.shape.around(1))
        let gradient = Numbers(gradient, as: x.shape)
        let mean = Numbers(mean)
        let variance = Numbers(variance)
        let weight = weight.map { Numbers($0) }
        let (samples, channels, pixels) = (x.shape[0], x.shape[1], x.shape[2])
        let count = Double(samples * pixels)
        var input = Numbers(zeros: x.shape)
        var weights = Numbers(zeros: [channels])
        var biases = Numbers(zeros: [channels])
        for channel in 0..<channels {
            let inverse = 1 / (variance[channel] + epsilon).squareRoot()
            let normal = { (sample: Int, pixel: Int) in
                (x[sample, channel, pixel] - mean[channel]) * inverse
            }
            for sample in 0..<samples {
                for pixel in 0..<pixels {
                    let own = gradient[sample, channel, pixel]
                    weights[channel] += own * normal(sample, pixel)
                    biases[channel] += own
                }
            }
            for sample in 0..<samples {
                for pixel in 0..<pixels {
                    var own = gradient[sample, channel, pixel]
                    if training {
                        own -= biases[channel] / count
                        own -= normal(sample, pixel) * weights[channel] / count
                    }
                    input[sample, channel, pixel] = own * inverse * (weight?[channel] ?? 1)
                }
            }
        }
        if let out { input.write(to: out) }
        if let weightGradient { weights.write(to: weightGradient) }
        if let biasGradient { biases.write(to: biasGradient) }
    }
}
