import HireArray

extension ReferenceBackend {
    /// `F.conv2d` with zero padding.
    public func conv2d(
        _ x: NDArray, _ weight: NDArray, bias: NDArray?, _ window: Window2D, into out: NDArray
    ) {
        let x = Numbers(x)
        let weight = Numbers(weight)
        let bias = bias.map { Numbers($0) }
        var result = Numbers(zeros: out.shape)
        for sample in 0..<out.shape[0] {
            for channel in 0..<out.shape[1] {
                for row in 0..<out.shape[2] {
                    for column in 0..<out.shape[3] {
                        result[sample, channel, row, column] = bias?[channel] ?? 0
                    }
                }
            }
        }
        forEachTap(input: x.shape, weight: weight.shape, output: out.shape, window) { tap in
            result[tap.sample, tap.out, tap.outRow, tap.outColumn] +=
                x[tap.sample, tap.input, tap.row, tap.column]
                * weight[tap.out, tap.weightInput, tap.kernelRow, tap.kernelColumn]
        }
        result.write(to: out)
    }

    /// The adjoint with respect to the input; also `F.conv_transpose2d`'s forward.
    public func conv2dInputGradient(
        _ gradient: NDArray, _ weight: NDArray, _ window: Window2D, into out: NDArray
    ) {
        let gradient = Numbers(gradient)
        let weight = Numbers(weight)
        var result = Numbers(zeros: out.shape)
        forEachTap(input: out.shape, weight: weight.shape, output: gradient.shape, window) { tap in
            result[tap.sample, tap.input, tap.row, tap.column] +=
                gradient[tap.sample, tap.out, tap.outRow, tap.outColumn]
                * weight[tap.out, tap.weightInput, tap.kernelRow, tap.kernelColumn]
        }
        result.write(to: out)
    }

    /// The gradient of the weight, summed over the batch.
    public func conv2dWeightGradient(
        _ x: NDArray, _ gradient: NDArray, _ window: Window2D, into out: NDArray
    ) {
        let x = Numbers(x)
        let gradient = Numbers(gradient)
        var result = Numbers(zeros: out.shape)
        forEachTap(input: x.shape, weight: out.shape, output: gradient.shape, window) { tap in
            result[tap.out, tap.weightInput, tap.kernelRow, tap.kernelColumn] +=
                gradient[tap.sample, tap.out, tap.outRow, tap.outColumn]
                * x[tap.sample, tap.input, tap.row, tap.column]
        }
        result.write(to: out)
    }

    /// One multiply-add of a convolution: which input element meets which weight for which output element.
    private struct Tap {
        var sample, out, outRow, outColumn: Int
        var input, row, column: Int
        var weightInput, kernelRow, kernelColumn: Int
    }

    /// Visits every multiply-add whose input element lies inside the map.
    private func forEachTap(
        input: Shape, weight: Shape, output: Shape, _ window: Window2D, _ body: (Tap) -> Void
    ) {
        let outPerGroup = weight[0] / window.groups
        for sample in 0..<output[0] {
            for out in 0..<output[1] {
                for outRow in 0..<output[2] {
                    for outColumn in 0..<output[3] {
                        for weightInput in 0..<weight[1] {
                            for kernelRow in 0..<weight[2] {
                                for kernelColumn in 0..<weight[3] {
                                    let row =
                                        outRow * window.stride.x + kernelRow * window.dilation.x
                                        - window.padding.x
                                    let column =
                                        outColumn * window.stride.y
                                        + kernelColumn * window.dilation.y - window.padding.y
                                    guard row >= 0, row < input[2], column >= 0, column < input[3]
                                    else { continue }
                                    body(
                                        Tap(
                                            sample: sample, out: out, outRow: outRow,
                                            outColumn: outColumn,
                                            input: out / outPerGroup * weight[1] + weightInput,
                                            row: row, column: column, weightInput: weightInput,
                                            kernelRow: kernelRow, kernelColumn: kernelColumn))
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
