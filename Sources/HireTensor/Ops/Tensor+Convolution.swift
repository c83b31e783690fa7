import HireArray

/// Convolutions of maps [N, C, H, W]; pairs of numbers are (vertical, horizontal).
extension Tensor {
    /// `F.conv2d`.
    ///
    /// Multiply-adds: N x outputs x (C/groups) x kernel, for the result and for each gradient.
    ///
    /// - Parameters:
    ///   - weight: [out, in/groups, kh, kw].
    ///   - bias: [out].
    public func conv2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: SIMD2<Int> = [1, 1],
        padding: SIMD2<Int> = [0, 0], dilation: SIMD2<Int> = [1, 1], groups: Int = 1
    ) throws -> Tensor {
        let name = "conv2d"
        try requireRank(4, name, layout: "[N, C, H, W]")
        try weight.requireRank(4, name, layout: "[out, in/groups, kh, kw] for the weight")
        try Tensor.requireNumbers(name, self, weight)
        try requireAtLeast(1, groups, name, "groups")
        guard shape[1] == weight.shape[1] * groups, weight.shape[0] % groups == 0 else {
            throw ArrayError.shape(
                operation: name,
                expected:
                    "a weight [out, in/groups, kh, kw] for \(shape[1]) channels in \(groups) groups",
                got: "\(weight.shape)")
        }
        try requireCompanion(name, bias, shape: [weight.shape[0]], called: "a bias")
        let window = Window2D(
            kernel: SIMD2(weight.shape[2], weight.shape[3]), stride: stride, padding: padding,
            dilation: dilation, groups: groups)
        let size = try outputSize(name, window)
        let out = try backend.allocate([shape[0], weight.shape[0], size.x, size.y], dtype)
        backend.conv2d(array, weight.array, bias: bias?.array, window, into: out)
        let work = shape[0] * weight.count * size.x * size.y
        context.note(name, [array, weight.array], out, multiplyAdds: work)
        let keptX = weight.node == nil ? nil : array
        let keptWeight = node == nil ? nil : weight.array
        let (shape, weightShape) = (shape, weight.shape)
        return Tensor.record(out, from: [self, weight] + (bias.map { [$0] } ?? [])) {
            gradient, needs in
            var gradients: [Tensor?] = [nil, nil]
            if let keptWeight, needs[0] {
                gradients[0] = try gradient.convolutionInputGradient(
                    name, keptWeight, window, shape: shape, multiplyAdds: work)
            }
            if let keptX, needs[1] {
                gradients[1] = try gradient.constant(keptX).convolutionWeightGradient(
                    name, gradient.array, window, shape: weightShape, multiplyAdds: work)
            }
            if needs.count > 2 {
                gradients.append(needs[2] ? try gradient.sum(dims: [0, 2, 3]) : nil)
            }
            return gradients
        }
    }

    /// `F.conv_transpose2d`: the adjoint of `conv2d`.
    ///
    /// Multiply-adds: N x inputs x (out/groups) x kernel.
    ///
    /// - Parameters:
    ///   - weight: [in, out/groups, kh, kw].
    ///   - bias: [out].
    public func convTranspose2d(
        _ weight: Tensor, _ bias: Tensor? = nil, stride: SIMD2<Int> = [1, 1],
        padding: SIMD2<Int> = [0, 0], outputPadding: SIMD2<Int> = [0, 0], groups: Int = 1
    ) throws -> Tensor {
        let name = "conv_transpose2d"
        try requireRank(4, name, layout: "[N, C, H, W]")
        try weight.requireRank(4, name, layout: "[in, out/groups, kh, kw] for the weight")
        try Tensor.requireNumbers(name, self, weight)
        try requireAtLeast(1, groups, name, "groups")
        guard shape[1] == weight.shape[0], shape[1] % groups == 0 else {
            throw ArrayError.shape(
                operation: name,
                expected:
                    "a weight [in, out/groups, kh, kw] for \(shape[1]) channels in \(groups) groups",
                got: "\(weight.shape)")
        }
        let window = Window2D(
            kernel: SIMD2(weight.shape[2], weight.shape[3]), stride: stride, padding: padding,
            groups: groups)
        let input = SIMD2(shape[2], shape[3])
        let channels = weight.shape[1] * groups
        try requireCompanion(name, bias, shape: [channels], called: "a bias")
        for lane in 0..<2 {
            try requireAtLeast(1, stride[lane], name, "stride")
            try requireAtLeast(0, padding[lane], name, "padding")
            guard outputPadding[lane] >= 0, outputPadding[lane] < stride[lane] else {
                throw ArrayError.argument(
                    operation: name, name: "output padding",
                    expected: "at least 0 and smaller than the stride \(stride[lane])",
                    got: "\(outputPadding[lane])")
            }
        }
        let size = (input &- 1) &* stride &- 2 &* padding &+ window.kernel &+ outputPadding
        try requireAtLeast(1, Swift.min(size.x, size.y), name, "the extent of the result")
        let out = try backend.allocate([shape[0], channels, size.x, size.y], dtype)
        backend.conv2dInputGradient(array, weight.array, window, into: out)
        let work = shape[0] * weight.count * input.x * input.y
        context.note(name, [array, weight.array], out, multiplyAdds: work)
        let keptX = weight.node == nil ? nil : array
        let keptWeight = node == nil ? nil : weight.array
        let (shape, weightShape) = (shape, weight.shape)
        let result = Tensor.recorded(out, self, weight) { gradient in
            var gradients: [Tensor?] = [nil, nil]
            if let keptWeight {
                let array = try gradient.backend.allocate(shape, gradient.dtype)
                gradient.backend.conv2d(gradient.array, keptWeight, bias: nil, window, into: array)
                gradient.context.note(
                    name, [gradient.array, keptWeight], array, multiplyAdds: work)
                gradients[0] = gradient.constant(array)
            }
            if let keptX {
                gradients[1] = try gradient.convolutionWeightGradient(
                    name, keptX, window, shape: weightShape, multiplyAdds: work)
            }
            return gradients
        }
        return try bias.map { try result + $0.reshape([channels, 1, 1]) } ?? result
    }

    /// This gradient of a convolution's result carried back to its input.
    func convolutionInputGradient(
        _ name: String, _ weight: NDArray, _ window: Window2D, shape: Shape, multiplyAdds: Int
    ) throws -> Tensor {
        let out = try backend.allocate(shape, dtype)
        backend.conv2dInputGradient(array, weight, window, into: out)
        context.note(name, [array, weight], out, multiplyAdds: multiplyAdds)
        return constant(out)
    }

    /// The gradient of the weight of a convolution of this map.
    func convolutionWeightGradient(
        _ name: String, _ gradient: NDArray, _ window: Window2D, shape: Shape, multiplyAdds: Int
    ) throws -> Tensor {
        let out = try backend.allocate(shape, dtype)
        backend.conv2dWeightGradient(array, gradient, window, into: out)
        context.note(name, [array, gradient], out, multiplyAdds: multiplyAdds)
        return constant(out)
    }

    /// Rows and columns that a window gives for this map, checked.
    func outputSize(_ operation: String, _ window: Window2D) throws -> SIMD2<Int> {
        for lane in 0..<2 {
            try requireAtLeast(1, window.kernel[lane], operation, "kernel")
            try requireAtLeast(1, window.stride[lane], operation, "stride")
            try requireAtLeast(0, window.padding[lane], operation, "padding")
            try requireAtLeast(1, window.dilation[lane], operation, "dilation")
        }
        let size = window.outputSize(SIMD2(shape[rank - 2], shape[rank - 1]))
        guard size.x > 0, size.y > 0 else {
            throw ArrayError.shape(
                operation: operation,
                expected:
                    "a padded map that holds the window \(window.kernel.x)x\(window.kernel.y)",
                got: "\(shape)")
        }
        return size
    }
}
