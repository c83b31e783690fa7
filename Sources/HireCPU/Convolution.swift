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
                direct, batch: shape.batch, groups: shape.groups,
                [ChannelSource(pointer: source, channels: shape.inputs)], outputs: shape.outputs,
                ChannelFinish(bias: bs), into: target
            ) { group, output, column in
                ws[(group * shape.outputs + output) * columns + column]
            }
        } else {
            convolveByColumns(shape, source, ws, bs, into: target)
        }
        withExtendedLifetime((input, filter, shift)) {}
    }

    /// `conv2d` of several maps as one, and what follows it, in one pass where the kernel without `im2col` applies.
    public func conv2d(
        stacked maps: [NDArray], _ weight: NDArray, bias: NDArray?, _ window: Window2D,
        tail: ConvolutionTail, into out: NDArray
    ) throws {
        if out.count == 0 { return }
        var stacked = maps[0].shape
        stacked[1] = weight.shape[1] * window.groups
        let shape = ConvolutionShape(input: stacked, output: out.shape, window)
        guard shape.isDirect, shape.groups == 1 || maps.count == 1,
            !(shape.isPointwise && shape.inputs * shape.outputs >= 4096)
        else {
            return try composedConv2d(
                stacked: maps, weight, bias: bias, window, tail: tail, into: out)
        }
        let (inputs, filter, shift) = (maps.map(dense), dense(weight), bias.map(dense))
        var finish = ChannelFinish(bias: shift?.floatPointer, relu: tail.relu)
        let factors = scratch(out.shape[1] * 2)
        defer { factors.deallocate() }
        if let norm = tail.normalization {
            channelFactors(
                norm.mean, norm.variance, norm.weight, norm.bias, norm.epsilon, into: factors)
            (finish.scale, finish.shift) = (factors, factors + out.shape[1])
        }
        let (ws, columns) = (filter.floatPointer, shape.columns)
        convolveDirect(
            DirectConvolution(
                input: [shape.inputHeight, shape.inputWidth],
                output: [shape.outputHeight, shape.outputWidth], window: window,
                padding: window.padding),
            batch: shape.batch, groups: shape.groups,
            inputs.map {
                ChannelSource(pointer: $0.floatPointer, channels: $0.shape[1] / shape.groups)
            }, outputs: shape.outputs, finish, into: out.floatPointer
        ) { group, output, column in
            ws[(group * shape.outputs + output) * columns + column]
        }
        withExtendedLifetime((inputs, filter, shift)) {}
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
                direct, batch: shape.batch, groups: shape.groups,
                [ChannelSource(pointer: gs, channels: shape.outputs)], outputs: shape.inputs,
                ChannelFinish(), into: target
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
}
