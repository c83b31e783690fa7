import HireArray

/// Convolutions of several maps as one, with what follows them.
extension Tensor {
    /// What follows a convolution in evaluation.
    public struct ConvolutionTail {
        /// `batchNorm`'s statistics, scale and shift [C], or nil for none.
        public var normalization: (mean: Tensor, variance: Tensor, weight: Tensor?, bias: Tensor?)?
        /// Added to the variance.
        public var epsilon = 1e-5
        /// Whether a ReLU comes last.
        public var relu = false
        /// The modules that normalisation and ReLU are counted for; the running one if nil.
        public var normalizationPath, activationPath: String?

        /// Nothing follows.
        public init() {}
    }

    /// `conv2d(torch.cat(maps, 1), ...)` without making that map, of stride 1.
    ///
    /// Gradients, too, are computed map by map. Multiply-adds: as `conv2d`.
    ///
    /// - Parameters:
    ///   - maps: [N, C_k, H, W].
    ///   - weight: [out, sum of C_k, kh, kw].
    ///   - bias: [out].
    public static func conv2d(
        stacked maps: [Tensor], _ weight: Tensor, _ bias: Tensor? = nil,
        padding: SIMD2<Int> = [0, 0]
    ) throws -> Tensor {
        try conv2d(stacked: maps, weight, bias, padding: padding, tail: ConvolutionTail())
    }

    /// The same and what follows it, with the bits that `batchNorm` and `relu` would give, but in one pass where no
    /// gradient is recorded.
    public static func conv2d(
        stacked maps: [Tensor], _ weight: Tensor, _ bias: Tensor?, padding: SIMD2<Int>,
        tail: ConvolutionTail
    ) throws -> Tensor {
        let name = "conv2d"
        let (stack, window) = try checkStack(name, maps, weight, bias, padding)
        let context = weight.context
        let norm = tail.normalization
        let operands =
            maps + [weight]
            + [bias, norm?.weight, norm?.bias, norm?.mean, norm?.variance].compactMap { $0 }
        guard context.recordsGradients, operands.contains(where: \.requiresGradient) else {
            let size = window.outputSize(SIMD2(stack[2], stack[3]))
            let out = try weight.backend.allocate(
                [stack[0], weight.shape[0], size.x, size.y], weight.dtype)
            for companion in [norm?.mean, norm?.variance, norm?.weight, norm?.bias] {
                try weight.requireCompanion(
                    "batch_norm", companion, shape: [weight.shape[0]], called: "operands")
            }
            try weight.backend.conv2d(
                stacked: maps.map(\.array), weight.array, bias: bias?.array, window,
                tail: HireArray.ConvolutionTail(
                    normalization: norm.map {
                        .init(
                            mean: $0.mean.array, variance: $0.variance.array,
                            weight: $0.weight?.array, bias: $0.bias?.array, epsilon: tail.epsilon)
                    }, relu: tail.relu), into: out)
            let here = context.modulePath.last ?? ""
            context.note(
                name, maps.map(\.array) + [weight.array], out,
                multiplyAdds: stack[0] * weight.count * size.x * size.y)
            if let norm {
                context.inside(module: tail.normalizationPath ?? here) {
                    context.note(
                        "batch_norm", [out] + [norm.weight, norm.bias].compactMap { $0?.array },
                        out, form: "evaluation")
                }
            }
            if tail.relu {
                context.inside(module: tail.activationPath ?? here) {
                    context.note("relu", [out], out)
                }
            }
            return Tensor(out, in: context)
        }
        var result = try recordedStack(maps, weight, bias, window)
        if let norm {
            result = try context.inside(
                module: tail.normalizationPath ?? context.modulePath.last ?? ""
            ) {
                try result.batchNorm(
                    norm.mean, norm.variance, norm.weight, norm.bias, epsilon: tail.epsilon)
            }
        }
        return tail.relu ? try result.relu() : result
    }

    private static func recordedStack(
        _ maps: [Tensor], _ weight: Tensor, _ bias: Tensor?, _ window: Window2D
    ) throws -> Tensor {
        let context = weight.context
        let stack = maps[0].shape
        let size = window.outputSize(SIMD2(stack[2], stack[3]))
        let out = try weight.backend.allocate(
            [stack[0], weight.shape[0], size.x, size.y], weight.dtype)
        try weight.backend.conv2d(
            stacked: maps.map(\.array), weight.array, bias: bias?.array, window,
            tail: HireArray.ConvolutionTail(), into: out)
        let work = stack[0] * weight.count * size.x * size.y
        context.note("conv2d", maps.map(\.array) + [weight.array], out, multiplyAdds: work)
        let shapes = maps.map(\.shape)
        let kept = weight.requiresGradient ? maps.map(\.array) : []
        let filter = weight.array
        return record(out, from: maps + [weight] + (bias.map { [$0] } ?? [])) { gradient, needs in
            var gradients: [Tensor?] = []
            var start = 0
            let weightGradient =
                needs[shapes.count]
                ? try gradient.backend.allocate(filter.shape, gradient.dtype) : nil
            for (index, shape) in shapes.enumerated() {
                let part = work / filter.shape[1] * shape[1]
                if needs[index] {
                    gradients.append(
                        try gradient.convolutionInputGradient(
                            "conv2d",
                            filter.sliced(axis: 1, start: start, length: shape[1]), window,
                            shape: shape, multiplyAdds: part))
                } else {
                    gradients.append(nil)
                }
                if let weightGradient {
                    let own = try gradient.constant(kept[index]).convolutionWeightGradient(
                        "conv2d", gradient.array, window,
                        shape: [filter.shape[0], shape[1], filter.shape[2], filter.shape[3]],
                        multiplyAdds: part)
                    gradient.backend.copy(
                        own.array,
                        into: weightGradient.sliced(axis: 1, start: start, length: shape[1]))
                }
                start += shape[1]
            }
            gradients.append(weightGradient.map(gradient.constant))
            if needs.count > shapes.count + 1 {
                gradients.append(
                    needs[shapes.count + 1] ? try gradient.sum(dims: [0, 2, 3]) : nil)
            }
            return gradients
        }
    }

    /// Checks the operands; gives the stack's shape and the window.
    private static func checkStack(
        _ name: String, _ maps: [Tensor], _ weight: Tensor, _ bias: Tensor?, _ padding: SIMD2<Int>
    ) throws -> (Shape, Window2D) {
        guard let first = maps.first else {
            throw ArrayError.argument(
                operation: name, name: "maps", expected: "at least one map", got: "none")
        }
        try weight.requireRank(4, name, layout: "[out, in, kh, kw] for the weight")
        var stack = first.shape
        for map in maps {
            try map.requireRank(4, name, layout: "[N, C, H, W]")
            try requireNumbers(name, map, weight)
            var expected = first.shape
            expected[1] = map.shape[1]
            guard map.shape == expected else {
                throw ArrayError.shape(
                    operation: name, expected: "maps equal to \(first.shape) but in their channels",
                    got: "\(map.shape)")
            }
        }
        stack[1] = maps.reduce(0) { $0 + $1.shape[1] }
        guard stack[1] == weight.shape[1] else {
            throw ArrayError.shape(
                operation: name,
                expected: "a weight [out, in, kh, kw] for \(stack[1]) channels",
                got: "\(weight.shape)")
        }
        try weight.requireCompanion(name, bias, shape: [weight.shape[0]], called: "a bias")
        let window = Window2D(
            kernel: SIMD2(weight.shape[2], weight.shape[3]), padding: padding)
        _ = try first.outputSize(name, window)
        return (stack, window)
    }
}
