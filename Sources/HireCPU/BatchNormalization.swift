import HireArray

extension CPUBackend {
    /// Mean and biased variance per channel of [N, C, ...].
    public func channelStatistics(_ x: NDArray, mean: NDArray, variance: NDArray) {
        if x.count == 0 { return }
        let input = dense(x)
        let (samples, channels, plane) = planes(x)
        let source = input.floatPointer
        let (means, variances) = (mean.floatPointer, variance.floatPointer)
        let count = Double(samples * plane)
        parallelTasks(channels, cost: x.count) { channel in
            var total: Double = 0
            for sample in 0..<samples {
                total += blockSum(source + (sample * channels + channel) * plane, plane)
            }
            let average = total / count
            let center = splat(Float(average))
            var squares: Double = 0
            for sample in 0..<samples {
                let row = source + (sample * channels + channel) * plane
                var start = 0
                while start < plane {
                    let length = min(2048, plane - start)
                    var sum = Vector.zero
                    forEachVector(length) { position, width in
                        let d = loadPartial(row + start + position, width, fill: center[0]) - center
                        sum = sum.addingProduct(d, d)
                    }
                    squares += Double(laneSum(sum))
                    start += length
                }
            }
            means[channel] = Float(average)
            // The rounding of the mean to float32 shifts every difference by the same small amount.
            let shift = average - Double(Float(average))
            variances[channel] = Float(max(0, squares / count - shift * shift))
        }
        withExtendedLifetime(input) {}
    }

    /// (x - mean) / sqrt(variance + epsilon) * weight + bias per channel of [N, C, ...].
    public func batchNorm(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, bias: NDArray?,
        epsilon: Double, into out: NDArray
    ) {
        if out.count == 0 { return }
        let input = dense(x)
        let (_, channels, plane) = planes(x)
        let (source, target) = (input.floatPointer, out.floatPointer)
        let factors = scratch(channels * 2)
        defer { factors.deallocate() }
        channelFactors(mean, variance, weight, bias, epsilon, into: factors)
        parallel(x.count / plane, grain: max(1, Self.cheapGrain / plane)) { range in
            for index in range {
                let channel = index % channels
                let scale = splat(factors[channel])
                let shift = splat(factors[channels + channel])
                forEachVector(plane) { position, count in
                    let place = index * plane + position
                    storePartial(
                        shift.addingProduct(loadPartial(source + place, count), scale),
                        target + place,
                        count)
                }
            }
        }
        withExtendedLifetime(input) {}
    }

    /// Normalisation as one factor per channel and, behind those, one term.
    func channelFactors(
        _ mean: NDArray, _ variance: NDArray, _ weight: NDArray?, _ bias: NDArray?,
        _ epsilon: Double, into factors: FloatPointer
    ) {
        let channels = mean.count
        let parameters = [mean, variance] + [weight, bias].compactMap { $0 }
        let held = parameters.map(dense)
        let (means, variances) = (held[0].floatPointer, held[1].floatPointer)
        let ws = weight == nil ? nil : held[2].floatPointer
        let bs = bias == nil ? nil : held[held.count - 1].floatPointer
        for channel in 0..<channels {
            let inverse = 1 / (Double(variances[channel]) + epsilon).squareRoot()
            let scale = inverse * Double(ws?[channel] ?? 1)
            factors[channel] = Float(scale)
            factors[channels + channel] = Float(
                Double(bs?[channel] ?? 0) - Double(means[channel]) * scale)
        }
        withExtendedLifetime(held) {}
    }

    /// Gradients of `batchNorm`; with `training`, mean and variance were those of x itself.
    public func batchNormGradient(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, epsilon: Double,
        training: Bool, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {
        if x.count == 0 { return }
        let (input, slopes) = (dense(x), dense(gradient))
        let (averages, spreads, scale) = (dense(mean), dense(variance), weight.map(dense))
        let (samples, channels, plane) = planes(x)
        let (source, gs) = (input.floatPointer, slopes.floatPointer)
        let (means, variances) = (averages.floatPointer, spreads.floatPointer)
        let ws = scale?.floatPointer
        let (target, weightOut, biasOut) = (
            out?.floatPointer, weightGradient?.floatPointer, biasGradient?.floatPointer
        )
        let count = Double(samples * plane)
        parallelTasks(channels, cost: x.count * 2) { channel in
            let average = means[channel]
            let inverse = Float(1 / (Double(variances[channel]) + epsilon).squareRoot())
            var sum: Double = 0
            var products: Double = 0
            for sample in 0..<samples {
                let start = (sample * channels + channel) * plane
                var done = 0
                while done < plane {
                    let length = min(2048, plane - done)
                    var blockSum = Vector.zero
                    var blockProducts = Vector.zero
                    forEachVector(length) { position, width in
                        let place = start + done + position
                        let g = loadPartial(gs + place, width)
                        blockSum += g
                        blockProducts = blockProducts.addingProduct(
                            g, loadPartial(source + place, width) - average)
                    }
                    sum += Double(laneSum(blockSum))
                    products += Double(laneSum(blockProducts))
                    done += length
                }
            }
            products *= Double(inverse)
            weightOut?[channel] = Float(products)
            biasOut?[channel] = Float(sum)
            guard let target else { return }
            let factor = splat((ws?[channel] ?? 1) * inverse)
            let first = splat(training ? Float(sum / count) : 0)
            let second = splat(training ? Float(products / count) * inverse : 0)
            for sample in 0..<samples {
                let start = (sample * channels + channel) * plane
                forEachVector(plane) { position, width in
                    let place = start + position
                    let g = loadPartial(gs + place, width) - first
                    let d = loadPartial(source + place, width) - average
                    storePartial(
                        g.addingProduct(-d, second) * factor, target + place, width)
                }
            }
        }
        withExtendedLifetime((input, slopes, averages, spreads, scale)) {}
    }

    /// Samples, channels, and elements per channel of [N, C, ...].
    private func planes(_ x: NDArray) -> (samples: Int, channels: Int, plane: Int) {
        (x.shape[0], x.shape[1], x.shape[2...].reduce(1, *))
    }
}

/// The sum of a row, in float32 blocks added in double precision.
func blockSum(_ row: FloatPointer, _ count: Int) -> Double {
    var total: Double = 0
    var start = 0
    while start < count {
        let length = min(2048, count - start)
        total += Double(rowSum(row + start, length))
        start += length
    }
    return total
}
