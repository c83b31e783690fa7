import HireArray

extension ReferenceBackend {
    /// Reduces over `axes`; out has extent 1 there.
    ///
    /// Maxima and minima of anything with a NaN are NaN.
    public func reduce(_ kernel: ReduceKernel, _ x: NDArray, axes: [Int], into out: NDArray) {
        // The reduced axes go last, so that each output element owns one run of consecutive elements.
        let kept = x.shape.indices.filter { !axes.contains($0) }
        let length = axes.reduce(1) { $0 * x.shape[$1] }
        let runs = Numbers(x.permuted(kept + axes), as: [out.count, length])
        var result = Numbers(zeros: out.shape)
        for run in 0..<out.count {
            var value: Double =
                switch kernel {
                case .sum: 0
                case .max: -.infinity
                case .min: .infinity
                }
            for index in 0..<length {
                let element = runs[run, index]
                switch kernel {
                case .sum: value += element
                case .max: if element > value || element.isNaN { value = element }
                case .min: if element < value || element.isNaN { value = element }
                }
            }
            result[run] = value
        }
        result.write(to: out)
    }

    /// Index of the first largest element; the first NaN counts as largest.
    public func argmax(_ x: NDArray, axis: Int, into out: NDArray) {
        let x = Numbers(x, as: x.shape.around(axis))
        var result = Numbers(zeros: [x.shape[0], x.shape[2]])
        for outer in 0..<x.shape[0] {
            for inner in 0..<x.shape[2] {
                var best = 0
                for index in 0..<x.shape[1] {
                    let highest = x[outer, best, inner]
                    let element = x[outer, index, inner]
                    if !highest.isNaN, element > highest || element.isNaN { best = index }
                }
                result[outer, inner] = Double(best)
            }
        }
        result.write(to: out)
    }

    /// Inclusive running sum along an axis.
    public func cumulativeSum(_ x: NDArray, axis: Int, into out: NDArray) {
        var result = Numbers(x, as: x.shape.around(axis))
        for outer in 0..<result.shape[0] {
            for inner in 0..<result.shape[2] {
                var sum = 0.0
                for index in 0..<result.shape[1] {
                    sum += result[outer, index, inner]
                    result[outer, index, inner] = sum
                }
            }
        }
        result.write(to: out)
    }
}
