import HireArray

/// Pooling of maps [N, C, H, W]; pairs of numbers are (vertical, horizontal).
extension Tensor {
    /// `F.max_pool2d`; stride nil means the kernel's extent.
    ///
    /// Padding never wins.
    public func maxPool2d(
        kernel: SIMD2<Int>, stride: SIMD2<Int>? = nil, padding: SIMD2<Int> = [0, 0]
    ) throws -> Tensor {
        let (window, size) = try pooling("max_pool2d", kernel, stride, padding)
        let outShape = [shape[0], shape[1], size.x, size.y]
        let out = try backend.allocate(outShape, dtype)
        let indices = try backend.allocate(outShape, .int32)
        backend.maxPool2d(array, window, into: out, indices: indices)
        context.note("max_pool2d", [array], out)
        let shape = shape
        return recorded(out) { gradient in
            let result = try gradient.backend.allocate(shape, gradient.dtype)
            gradient.backend.maxPool2dGradient(gradient.array, indices: indices, into: result)
            gradient.context.note("max_pool2d", [gradient.array, indices], result)
            return [gradient.constant(result)]
        }
    }

    /// `F.avg_pool2d` with padding counted; stride nil means the kernel's extent.
    public func avgPool2d(
        kernel: SIMD2<Int>, stride: SIMD2<Int>? = nil, padding: SIMD2<Int> = [0, 0]
    ) throws -> Tensor {
        let (window, size) = try pooling("avg_pool2d", kernel, stride, padding)
        let out = try backend.allocate([shape[0], shape[1], size.x, size.y], dtype)
        backend.avgPool2d(array, window, into: out)
        context.note("avg_pool2d", [array], out)
        let shape = shape
        return recorded(out) { gradient in
            let result = try gradient.backend.allocate(shape, gradient.dtype)
            gradient.backend.avgPool2dGradient(gradient.array, window, into: result)
            gradient.context.note("avg_pool2d", [gradient.array], result)
            return [gradient.constant(result)]
        }
    }

    /// `F.adaptive_avg_pool2d`: the means of windows floor(i*in/out) ..< ceil((i+1)*in/out).
    public func adaptiveAvgPool2d(_ size: SIMD2<Int>) throws -> Tensor {
        try resampled("adaptive_avg_pool2d", to: size) { .area(from: $0, to: $1) }
    }

    private func pooling(
        _ name: String, _ kernel: SIMD2<Int>, _ stride: SIMD2<Int>?, _ padding: SIMD2<Int>
    ) throws -> (Window2D, SIMD2<Int>) {
        try requireRank(4, name, layout: "[N, C, H, W]")
        try requireNumbers(name)
        let window = Window2D(kernel: kernel, stride: stride ?? kernel, padding: padding)
        let size = try outputSize(name, window)
        guard padding.x * 2 <= kernel.x, padding.y * 2 <= kernel.y else {
            throw ArrayError.argument(
                operation: name, name: "padding", expected: "at most half the kernel",
                got: "\(padding.x), \(padding.y)")
        }
        return (window, size)
    }
}
