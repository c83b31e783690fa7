import HireArray

#if canImport(Glibc)
    import Glibc
#endif

extension CPUBackend {
    /// The sum of squares of all elements; 0 where there are no values.
    public func sumOfSquares(_ x: NDArray) -> Double {
        let source = dense(x)
        let values = source.floatPointer
        let count = x.count
        let size = 16_384
        let blocks = (count + size - 1) / size
        if blocks == 0 { return 0 }
        return withUnsafeTemporaryAllocation(of: Double.self, capacity: blocks) { sums in
            guard let base = sums.baseAddress else { return 0 }
            let partial = base
            parallel(blocks, grain: 4) { range in
                for block in range {
                    let first = block * size
                    var total: Double = 0
                    var start = first
                    let end = min(first + size, count)
                    while start < end {
                        let length = min(1024, end - start)
                        total += Double(rowDot(values + start, values + start, length))
                        start += length
                    }
                    partial[block] = total
                }
            }
            withExtendedLifetime(source) {}
            return sums.reduce(0, +)
        }
    }

    /// One AdamW step on a parameter and its two moments.
    public func adamW(
        _ parameter: NDArray, gradient: NDArray, firstMoment: NDArray, secondMoment: NDArray,
        _ kernel: AdamWKernel
    ) {
        let source = dense(gradient)
        let p = parameter.floatPointer
        let g = source.floatPointer
        let m = firstMoment.floatPointer
        let v = secondMoment.floatPointer
        let step = Double(kernel.step)
        let correction1 = 1 - pow(kernel.beta1, step)
        let correction2 = (1 - pow(kernel.beta2, step)).squareRoot()
        let decay = splat(Float(1 - kernel.learningRate * kernel.weightDecay))
        let scale = splat(Float(kernel.gradientScale))
        let keep1 = splat(Float(kernel.beta1))
        let add1 = splat(Float(1 - kernel.beta1))
        let keep2 = splat(Float(kernel.beta2))
        let add2 = splat(Float(1 - kernel.beta2))
        let rate = splat(Float(-kernel.learningRate / correction1))
        let unbias = splat(Float(1 / correction2))
        let epsilon = splat(Float(kernel.epsilon))
        parallel(parameter.count, grain: Self.dearGrain) { range in
            forEachVector(range.count) { offset, count in
                let place = range.lowerBound + offset
                let slope = loadPartial(g + place, count) * scale
                let first = (slope * add1).addingProduct(loadPartial(m + place, count), keep1)
                let second = (slope * slope * add2).addingProduct(
                    loadPartial(v + place, count), keep2)
                storePartial(first, m + place, count)
                storePartial(second, v + place, count)
                let size = epsilon.addingProduct(second.squareRoot(), unbias)
                let decayed = loadPartial(p + place, count) * decay
                storePartial(decayed.addingProduct(rate, first / size), p + place, count)
            }
        }
        withExtendedLifetime(source) {}
    }

    /// One step of `torch.optim.SGD` (dampening 0); `momentumBuffer` is nil without momentum, zeros at first.
    public func sgd(
        _ parameter: NDArray, gradient: NDArray, momentumBuffer: NDArray?, learningRate: Double,
        momentum: Double, weightDecay: Double, nesterov: Bool, gradientScale: Double
    ) {
        let source = dense(gradient)
        let p = parameter.floatPointer
        let g = source.floatPointer
        let buffer = momentumBuffer?.floatPointer
        let rate = splat(Float(-learningRate))
        let keep = splat(Float(momentum))
        let decay = splat(Float(weightDecay))
        let scale = splat(Float(gradientScale))
        parallel(parameter.count, grain: Self.dearGrain) { range in
            forEachVector(range.count) { offset, count in
                let place = range.lowerBound + offset
                let value = loadPartial(p + place, count)
                var slope = (loadPartial(g + place, count) * scale).addingProduct(value, decay)
                if let buffer {
                    let velocity = slope.addingProduct(loadPartial(buffer + place, count), keep)
                    storePartial(velocity, buffer + place, count)
                    slope = nesterov ? slope.addingProduct(velocity, keep) : velocity
                }
                storePartial(value.addingProduct(slope, rate), p + place, count)
            }
        }
        withExtendedLifetime(source) {}
    }
}
