import HireArray

/// The sizes of one convolution.
struct ConvolutionShape {
    let batch, inputs, outputs, groups, taps: Int
    let inputHeight, inputWidth, outputHeight, outputWidth: Int
    let window: Window2D

    /// - Parameters:
    ///   - input: shape of the convolution's input [N, C, H, W].
    ///   - output: shape of its output [N, O, H', W'].
    init(input: Shape, output: Shape, _ window: Window2D) {
        batch = input[0]
        inputs = input[1] / window.groups
        outputs = output[1] / window.groups
        groups = window.groups
        taps = window.kernel.x * window.kernel.y
        (inputHeight, inputWidth) = (input[2], input[3])
        (outputHeight, outputWidth) = (output[2], output[3])
        self.window = window
    }

    var columns: Int { inputs * taps }
    var inputPlane: Int { inputHeight * inputWidth }
    var outputPlane: Int { outputHeight * outputWidth }
    var cost: Int { batch * groups * outputs * columns * outputPlane }
    /// Whether the convolution is a matrix product on the planes as they lie.
    var isPointwise: Bool {
        taps == 1 && window.stride == [1, 1] && window.padding == [0, 0]
    }
    /// Whether the kernels without `im2col` apply, forward and to both gradients.
    var isDirect: Bool {
        window.stride == [1, 1] && window.padding.x <= (window.kernel.x - 1) * window.dilation.x
            && window.padding.y <= (window.kernel.y - 1) * window.dilation.y
            && columns <= 4096 && outputPlane >= 9
    }
}

extension CPUBackend {
    /// `F.conv2d`: weight is [out, in/groups, kh, kw].
    public func conv2d(
        _ x: NDArray, _ weight: NDArray, bias: NDArray?, _ window: Window2D, into out: NDArray
    ) {
        if out.count == 0 { return }
        let shape = ConvolutionShape(input: x.shape, output: out.shape, window)
        let (input, filter, shift) = (dense(x), dense(weight), bias.map(dense))
        let (source, target) = (input.floatPointer, out.floatPointer)
        let (ws, bs) = (filter.floatPointer, shift?.floatPointer)
        if shape.isPointwise && shape.inputs * shape.outputs >= 4096 {
            convolvePointwise(shape, source, ws, bs, into: target)
        } else if shape.isDirect {
            let direct = DirectConvolution(
                input: [shape.inputHeight, shape.inputWidth],
                output: [shape.outputHeight, shape.outputWidth], window: window,
                padding: window.padding)
            let columns = shape.columns
            convolveDirect(
                direct, batch: shape.batch, groups: shape.groups, inputs: shape.inputs,
                outputs: shape.outputs, source, bias: bs, into: target
            ) { group, output, column in
                ws[(group * shape.outputs + output) * columns + column]
            }
        } else {
            convolveByColumns(shape, source, ws, bs, into: target)
        }
        withExtendedLifetime((input, filter, shift)) {}
    }

    /// The adjoint with respect to the input; also `F.conv_transpose2d`'s forward.
    public func conv2dInputGradient(
        _ gradient: NDArray, _ weight: NDArray, _ window: Window2D, into out: NDArray
    ) {
        if out.count == 0 { return }
        let shape = ConvolutionShape(input: out.shape, output: gradient.shape, window)
        let (slopes, filter) = (dense(gradient), dense(weight))
        let (gs, ws, target) = (slopes.floatPointer, filter.floatPointer, out.floatPointer)
        if shape.isDirect && !(shape.isPointwise && shape.inputs * shape.outputs >= 4096) {
            // The adjoint is a convolution with the kernel turned around and channels exchanged.
            let direct = DirectConvolution(
                input: [shape.outputHeight, shape.outputWidth],
                output: [shape.inputHeight, shape.inputWidth], window: window,
                padding: (window.kernel &- 1) &* window.dilation &- window.padding)
            let taps = shape.taps
            convolveDirect(
                direct, batch: shape.batch, groups: shape.groups, inputs: shape.outputs,
                outputs: shape.inputs, gs, bias: nil, into: target
            ) { group, output, column in
                let from = group * shape.outputs + column / taps
                return ws[(from * shape.inputs + output) * taps + taps - 1 - column % taps]
            }
        } else {
            scatterColumns(shape, gs, ws, into: target)
        }
        withExtendedLifetime((slopes, filter)) {}
    }

    /// The gradient of the weight, summed over the batch.
    public func conv2dWeightGradient(
        _ x: NDArray, _ gradient: NDArray, _ window: Window2D, into out: NDArray
    ) {
        if out.count == 0 { return }
        if gradient.count == 0 { return fill(out, 0) }
        let shape = ConvolutionShape(input: x.shape, output: gradient.shape, window)
        let (input, slopes) = (dense(x), dense(gradient))
        let (source, gs, target) = (input.floatPointer, slopes.floatPointer, out.floatPointer)
        if shape.isDirect && !(shape.isPointwise && shape.inputs * shape.outputs >= 4096) {
            correlateDirect(shape, source, gs, into: target)
        } else {
            correlateColumns(shape, source, gs, into: target)
        }
        withExtendedLifetime((input, slopes)) {}
    }

    // MARK: Without im2col

    private func convolveDirect(
        _ direct: DirectConvolution, batch: Int, groups: Int, inputs: Int, outputs: Int,
        _ source: FloatPointer, bias: FloatPointer?, into target: FloatPointer,
        _ weight: (_ group: Int, _ output: Int, _ column: Int) -> Float
    ) {
        let taps = direct.shifts.count
        let columns = inputs * taps
        let packed = (0..<groups).map { group in
            DirectConvolution.pack(outputs: outputs, columns: columns) { weight(group, $0, $1) }
        }
        defer { for pointer in packed { pointer.deallocate() } }
        let inputPlane = direct.inputHeight * direct.inputWidth
        let outputPlane = direct.outputHeight * direct.outputWidth
        let pieces = max(1, threads * 2 / max(1, batch * groups))
        let band = direct.bandRows(channels: inputs, pieces: pieces)
        let bands = (direct.outputHeight + band - 1) / band
        let pixels = DirectConvolution.pixels
        let width = direct.outputWidth
        let cost = batch * groups * outputs * columns * outputPlane
        parallelTasks(batch * groups * bands, cost: cost, threshold: 200_000) { task in
            let index = task / bands
            let group = index % groups
            let first = task % bands * band
            let rows = min(band, direct.outputHeight - first)
            let planeSize = direct.planeSize(rows: rows)
            let planes = scratch(inputs * planeSize)
            let flat = roundUp((rows - 1) * direct.rowLength + width, to: pixels)
            let result = scratch(flat * DirectConvolution.channels)
            defer {
                planes.deallocate()
                result.deallocate()
            }
            direct.pad(
                source + index * inputs * inputPlane, channels: inputs, first: first, rows: rows,
                into: planes, step: planeSize, size: planeSize)
            let place = target + index * outputs * outputPlane + first * width
            direct.shifts.withUnsafeBufferPointer { buffer in
                guard let shifts = buffer.baseAddress else { return }
                var block = 0
                while block < outputs {
                    let weights = packed[group] + block * columns
                    var position = 0
                    while position < flat {
                        DirectConvolution.block(
                            planes + position, planeSize: planeSize, inputs: inputs, shifts: shifts,
                            taps: taps, weights: weights, into: result + position, outSize: flat)
                        position += pixels
                    }
                    for lane in 0..<min(DirectConvolution.channels, outputs - block) {
                        let shift = splat(bias?[group * outputs + block + lane] ?? 0)
                        let plane = place + (block + lane) * outputPlane
                        for row in 0..<rows {
                            let from = result + lane * flat + row * direct.rowLength
                            let to = plane + row * width
                            forEachVector(width) { column, count in
                                storePartial(
                                    loadPartial(from + column, count) + shift, to + column, count)
                            }
                        }
                    }
                    block += DirectConvolution.channels
                }
            }
        }
    }
}
