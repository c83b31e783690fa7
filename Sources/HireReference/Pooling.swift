import HireArray

extension ReferenceBackend {
    /// `F.max_pool2d`; the first of equal maxima wins, NaN counts as largest.
    public func maxPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray, indices: NDArray) {
        let x = Numbers(x)
        var result = Numbers(zeros: out.shape)
        var positions = Numbers(zeros: out.shape)
        for index in result.values.indices { result[index] = -.infinity }
        forEachWindowElement(input: x.shape, output: out.shape, window) { plane, at, row, column in
            let sample = plane / x.shape[1]
            let channel = plane % x.shape[1]
            let element = x[sample, channel, row, column]
            if positions[at] == 0, result[at] == -.infinity {
                positions[at] = Double(row * x.shape[3] + column)
            }
            if element > result[at] || element.isNaN {
                result[at] = element
                positions[at] = Double(row * x.shape[3] + column)
            }
        }
        result.write(to: out)
        positions.write(to: indices)
    }

    /// Adds each gradient to where the maximum was.
    public func maxPool2dGradient(_ gradient: NDArray, indices: NDArray, into out: NDArray) {
        let planes = gradient.shape[0] * gradient.shape[1]
        let windows = gradient.shape[2] * gradient.shape[3]
        let gradient = Numbers(gradient, as: [planes, windows])
        let indices = Numbers(indices, as: [planes, windows])
        var result = Numbers(zeros: [planes, out.shape[2] * out.shape[3]])
        for plane in 0..<planes {
            for at in 0..<windows {
                result[plane, Int(indices[plane, at])] += gradient[plane, at]
            }
        }
        result.write(to: out)
    }

    /// `F.avg_pool2d` with count_include_pad: padding counts as zeros.
    public func avgPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray) {
        let x = Numbers(x)
        var result = Numbers(zeros: out.shape)
        let weight = 1 / Double(window.kernel.x * window.kernel.y)
        forEachWindowElement(input: x.shape, output: out.shape, window) { plane, at, row, column in
            result[at] += weight * x[plane / x.shape[1], plane % x.shape[1], row, column]
        }
        result.write(to: out)
    }

    /// The adjoint of `avgPool2d`.
    public func avgPool2dGradient(_ gradient: NDArray, _ window: Window2D, into out: NDArray) {
        let shape = gradient.shape
        let gradient = Numbers(gradient)
        var result = Numbers(zeros: out.shape)
        let weight = 1 / Double(window.kernel.x * window.kernel.y)
        forEachWindowElement(input: out.shape, output: shape, window) { plane, at, row, column in
            result[plane / shape[1], plane % shape[1], row, column] += weight * gradient[at]
        }
        result.write(to: out)
    }

    /// Visits the elements inside the map of every window: (sample * channels + channel, flat index of the
    /// window in the output, row, column), in row-major order within a window.
    private func forEachWindowElement(
        input: Shape, output: Shape, _ window: Window2D, _ body: (Int, Int, Int, Int) -> Void
    ) {
        var at = 0
        for plane in 0..<output[0] * output[1] {
            for outRow in 0..<output[2] {
                for outColumn in 0..<output[3] {
                    for i in 0..<window.kernel.x {
                        for j in 0..<window.kernel.y {
                            let row =
                                outRow * window.stride.x + i * window.dilation.x - window.padding.x
                            let column =
                                outColumn * window.stride.y + j * window.dilation.y
                                - window.padding.y
                            guard row >= 0, row < input[2], column >= 0, column < input[3]
                            else { continue }
                            body(plane, at, row, column)
                        }
                    }
                    at += 1
                }
            }
        }
    }
}
