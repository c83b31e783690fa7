import HireArray
import HireCPU
import HireTensor
import Testing

/// Counted multiply-adds are those that the CPU back-end's kernels make, operation by operation.
@Suite struct ExecutedWorkTests {
    /// Threads and level of determinism: other products run with each.
    struct Machine: Sendable, CustomStringConvertible {
        let threads: Int
        var isInvariant = false
        var description: String { "\(threads) threads\(isInvariant ? ", invariant" : "")" }
    }

    static let machines = [
        Machine(threads: 1), Machine(threads: 3), Machine(threads: 2, isInvariant: true),
    ]

    /// An operation on shapes that take other roads than the small examples of `OpTable`.
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let run: @Sendable (Context) throws -> Tensor

        init(_ description: String, _ run: @escaping @Sendable (Context) throws -> Tensor) {
            (self.description, self.run) = (description, run)
        }
    }

    /// Random numbers that collect a gradient.
    private static func leaf(_ context: Context, _ shape: Shape) throws -> Tensor {
        let numbers = try context.normal(
            shape, mean: 0, deviation: 0.5, from: context.stream("leaf"))
        return .variable(numbers.array, in: context)
    }

    private static func attend(
        _ context: Context, _ q: Shape, _ k: Shape, isCausal: Bool = false, offset: Int = 0
    ) throws -> Tensor {
        try leaf(context, q).scaledDotProductAttention(
            leaf(context, k), leaf(context, k), isCausal: isCausal, queryOffset: offset)
    }

    private static func convolve(
        _ context: Context, _ x: Shape, _ weight: Shape, stride: Int = 1, padding: Int = 0,
        dilation: Int = 1, groups: Int = 1
    ) throws -> Tensor {
        try leaf(context, x).conv2d(
            leaf(context, weight), leaf(context, [weight[0]]), stride: [stride, stride],
            padding: [padding, padding], dilation: [dilation, dilation], groups: groups)
    }

    private static func stage(
        _ context: Context, _ x: Shape, key: Int, radius: Int, isConstant: Bool = false
    ) throws -> Tensor {
        let taps = (2 * radius + 1) * (2 * radius + 1)
        let guidance = try leaf(context, x)
        func layers(_ widths: [Int]) throws -> [Tensor] {
            try [
                leaf(context, [widths[1], widths[0]]), leaf(context, [widths[1]]),
                leaf(context, [widths[2], widths[1]]), leaf(context, [widths[2]]),
            ]
        }
        return try (isConstant ? guidance.detached() : guidance).bilateralStage(
            projection: layers([x[1], key, key]), fixup: layers([x[1] + taps, taps, taps]),
            temperature: leaf(context, []), spatial: context.ones([taps]), radius: radius)
    }

    private static func pulled(
        _ context: Context, source: SIMD2<Int>, grids: [SIMD2<Int>], radii: [Int],
        pooled: SIMD2<Int>
    ) throws -> Tensor {
        let kernels = try zip(grids, radii).map { grid, radius in
            try leaf(context, [2, (2 * radius + 1) * (2 * radius + 1), grid.x, grid.y])
        }
        return try Tensor.pooledOperator(
            kernels: kernels,
            PooledOperatorGeometry(source: source, stages: grids, radii: radii, pooled: pooled))
    }

    static let cases: [Case] = [
        Case("matmul, a batch") { try leaf($0, [3, 40, 70]).matmul(leaf($0, [3, 70, 50])) },
        Case("matmul, one for all") { try leaf($0, [5, 40, 70]).matmul(leaf($0, [70, 50])) },
        Case("matmul, broadcast") { try leaf($0, [4, 1, 9, 20]).matmul(leaf($0, [3, 20, 7])) },
        Case("matmul, tiles") { try leaf($0, [300, 130]).matmul(leaf($0, [130, 290])) },
        Case("matmul, blocks of rows") { try leaf($0, [900, 40]).matmul(leaf($0, [40, 60])) },
        Case("matmul, blocks of columns") { try leaf($0, [20, 50]).matmul(leaf($0, [50, 999])) },
        Case("linear, few rows") { try leaf($0, [5, 513]).linear(leaf($0, [129, 513])) },
        Case("linear, many rows") {
            try leaf($0, [2, 700, 96]).linear(leaf($0, [384, 96]), leaf($0, [384]))
        },
        Case("linear, bfloat16, few rows") {
            try leaf($0, [3, 130]).linear(leaf($0, [77, 130]).detached().cast(to: .bfloat16))
        },
        Case("linear, bfloat16, tiles") {
            try leaf($0, [40, 130]).linear(leaf($0, [300, 130]).detached().cast(to: .bfloat16))
        },
        Case("linear, float16, widened") {
            try leaf($0, [40, 30]).linear(leaf($0, [70, 30]).detached().cast(to: .float16))
        },
        Case("conv2d, direct") { try convolve($0, [2, 5, 70, 45], [17, 5, 3, 3], padding: 1) },
        Case("conv2d, direct, small samples together") {
            try convolve($0, [40, 6, 9, 8], [10, 6, 3, 3], padding: 1)
        },
        Case("conv2d, direct, groups, dilation") {
            try convolve(
                $0, [2, 6, 20, 21], [8, 3, 3, 3], padding: 2, dilation: 2, groups: 2)
        },
        Case("conv2d, pointwise") { try convolve($0, [2, 70, 50, 60], [64, 70, 1, 1]) },
        Case("conv2d, pointwise, few channels") {
            try convolve($0, [2, 7, 50, 60], [9, 7, 1, 1])
        },
        Case("conv2d, patches") { try convolve($0, [2, 3, 56, 56], [20, 3, 14, 14], stride: 14) },
        Case("conv2d, columns, stride 2") {
            try convolve($0, [2, 40, 90, 91], [12, 40, 3, 3], stride: 2, padding: 1)
        },
        Case("conv2d, columns, many channels") {
            try convolve($0, [1, 512, 6, 6], [4, 512, 3, 3], padding: 1)
        },
        Case("conv2d of several maps") {
            try Tensor.conv2d(
                stacked: [leaf($0, [2, 5, 40, 33]), leaf($0, [2, 3, 40, 33])],
                leaf($0, [6, 8, 3, 3]), padding: [1, 1])
        },
        Case("conv_transpose2d, stride 2") {
            try leaf($0, [2, 12, 15, 16]).convTranspose2d(
                leaf($0, [12, 7, 2, 2]), leaf($0, [7]), stride: [2, 2])
        },
        Case("attention, grouped heads") { try attend($0, [2, 4, 70, 16], [2, 2, 90, 16]) },
        Case("attention, blocks of queries") { try attend($0, [1, 2, 70, 8], [1, 2, 4097, 8]) },
        Case("attention, causal") {
            try attend($0, [2, 4, 90, 16], [2, 2, 90, 16], isCausal: true)
        },
        Case("attention, one query") {
            try attend($0, [1, 4, 1, 16], [1, 2, 33, 16], isCausal: true, offset: 32)
        },
        Case("bilateral_kernel") {
            try leaf($0, [2, 9, 70, 37]).bilateralKernel(
                temperature: leaf($0, []), spatial: leaf($0, [49]), radius: 3)
        },
        Case("adaptive_conv") {
            try leaf($0, [2, 43, 76, 37]).adaptiveConv(leaf($0, [2, 49, 70, 31]), radius: 3)
        },
        Case("pooled_operator, oblong") {
            try pulled(
                $0, source: [4, 7], grids: [[7, 11], [15, 21], [31, 40]], radii: [3, 3, 2],
                pooled: [4, 7])
        },
        Case("pooled_operator, one stage") {
            try pulled($0, source: [5, 3], grids: [[9, 17]], radii: [3], pooled: [2, 6])
        },
        Case("bilateral_stage") { try stage($0, [2, 6, 47, 53], key: 8, radius: 3) },
        Case("bilateral_stage, constant guidance") {
            try stage($0, [1, 5, 20, 30], key: 4, radius: 2, isConstant: true)
        },
        Case("interpolate, wide to tall") {
            try leaf($0, [2, 3, 12, 40]).interpolate(to: [50, 13], mode: .bicubic)
        },
        Case("interpolate, tall to wide") {
            try leaf($0, [2, 3, 50, 13]).interpolate(to: [12, 40], mode: .bilinear)
        },
        Case("interpolate, antialiased") {
            try leaf($0, [2, 3, 90, 70]).interpolate(
                to: [14, 33], mode: .bicubic, antialias: true)
        },
        Case("interpolate, nearest") { try leaf($0, [2, 3, 9, 7]).interpolate(to: [18, 21]) },
        Case("resample, one axis") {
            try leaf($0, [2, 3, 9, 7]).resampled(columns: .bicubic(from: 7, to: 15))
        },
    ]

    @Test(arguments: cases, machines)
    func largerShapesRunWhatTheyCount(_ item: Case, _ machine: Machine) throws {
        let observer = try WorkObserver.watching(
            threads: machine.threads, isInvariant: machine.isInvariant
        ) { try item.run($0).sum().backward() }
        #expect(observer.differences.isEmpty, "\(observer.differences)")
        #expect(observer.counted > 0 || item.description.hasSuffix("nearest"))
        #expect(observer.entries.contains { $0.call.isBackward })
    }

    /// All examples of all ops: those without a rule multiply nothing.
    @Test(arguments: machines) func everyOpRunsWhatItCounts(_ machine: Machine) throws {
        var withRule = 0
        for op in OpTable.all {
            for example in op.examples {
                let observer = try WorkObserver.watching(
                    threads: machine.threads, isInvariant: machine.isInvariant
                ) { context in
                    let (arguments, _) = try example.instance(of: op).arguments(
                        in: context, variables: op.isDifferentiable)
                    for result in try op.apply(arguments)
                    where result.requiresGradient && result.dtype == .float32 {
                        try result.sum().backward()
                    }
                }
                for entry in observer.entries where entry.executed != entry.call.multiplyAdds {
                    #expect(
                        Self.adjointOfStrideOne(entry), "\(op.name), \(example.label): \(entry)")
                }
                if case .counted = op.costRule {
                    withRule += 1
                } else {
                    #expect(observer.executed == observer.counted)
                }
            }
        }
        #expect(withRule > 30)
    }

    /// Whether this is the adjoint of a convolution, run as a convolution that makes every pixel of its result.
    private static func adjointOfStrideOne(_ entry: WorkObserver.Entry) -> Bool {
        let (call, out) = (entry.call, entry.call.output)
        guard call.name == "conv_transpose2d" || call.name == "conv2d" && call.isBackward else {
            return false
        }
        return entry.executed == out[0] * call.inputs[1].elementCount * out[2] * out[3]
    }
}
