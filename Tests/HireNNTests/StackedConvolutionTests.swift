import HireArray
import HireCPU
import HireNN
import HireTensor
import HireTestSupport
import Testing

/// Convolutions of several maps as one, with normalisation and ReLU in the same pass.
@Suite struct StackedConvolutionTests {
    private struct Parts {
        let context: Context
        let convolution: Conv2d
        let norm: BatchNorm2d
        let maps: [Tensor]

        /// The layers one by one on one map: the definition.
        func composed(_ usesNorm: Bool) throws -> Tensor {
            let sums = try convolution(Tensor.concat(maps, dim: 1))
            return try (usesNorm ? norm(sums) : sums).relu()
        }

        func stacked(_ usesNorm: Bool) throws -> Tensor {
            try convolution(stacked: maps, norm: usesNorm ? norm : nil, countedFor: "block")
        }
    }

    private func made(_ backend: TestBackend, bias: Bool, training: Bool) throws -> Parts {
        let context = makeContext(on: backend)
        let convolution = Conv2d(
            9, 17, kernel: [3, 3], padding: [1, 1], bias: bias, in: context)
        let norm = BatchNorm2d(17, in: context)
        try convolution.initialize(from: context.random.named("convolution"))
        try norm.initialize(from: context.random)
        let draw = { (shape: Shape, name: String) in
            try context.normal(shape, mean: 0, deviation: 1, from: context.random.named(name))
        }
        try norm.weight.assign(draw([17], "scale").array)
        try norm.bias.assign(draw([17], "shift").array)
        try norm.runningMean.assign(draw([17], "mean").array)
        try norm.runningVariance.assign(draw([17], "variance").square().array)
        convolution.train(training)
        norm.train(training)
        let maps = try [4, 2, 3].enumerated().map { index, channels in
            Tensor.variable(
                try draw([2, channels, 37, 21], "map\(index)").array, in: context)
        }
        return Parts(context: context, convolution: convolution, norm: norm, maps: maps)
    }

    @Test(arguments: TestBackend.allCases, [false, true])
    func onePassHasTheBitsOfTheLayers(_ backend: TestBackend, _ usesNorm: Bool) throws {
        for bias in [false, true] {
            let parts = try made(backend, bias: bias, training: false)
            let (together, apart) = try parts.context.withoutGradients {
                (try parts.stacked(usesNorm), try parts.composed(usesNorm))
            }
            #expect(try together.floats() == apart.floats())
        }
    }

    @Test(arguments: TestBackend.allCases, [false, true])
    func gradientsAreThoseOfTheLayers(_ backend: TestBackend, _ training: Bool) throws {
        var runs: [[[Float]]] = []
        for stacks in [true, false] {
            let parts = try made(backend, bias: true, training: training)
            let output = try stacks ? parts.stacked(true) : parts.composed(true)
            let weights = try parts.context.normal(
                output.shape, mean: 0, deviation: 1, from: parts.context.random.named("weights"))
            try (output * weights).sum().backward()
            let parameters = (parts.convolution.parameters() + parts.norm.parameters()).map(
                \.parameter)
            runs.append(
                try [output.floats()] + parts.maps.map { try #require($0.gradient).floats() }
                    + parameters.map { try #require($0.gradient).floats() }
                    + [parts.norm.runningMean.tensor.floats()])
        }
        for (together, apart) in zip(runs[0], runs[1]) {
            let size = apart.reduce(1) { max($0, abs($1)) }
            #expect(together.count == apart.count)
            for (x, y) in zip(together, apart) { #expect(abs(x - y) <= 1e-5 * size) }
        }
    }

    @Test func capturesSeeEachLayer() throws {
        let parts = try made(.cpu, bias: false, training: false)
        let expected = try parts.context.withoutGradients { try parts.composed(true).floats() }
        var seen: [String] = []
        let handles = [
            try parts.convolution.capture(["output"]) { name, _ in seen.append("convolution") },
            try parts.norm.capture(["output"]) { name, _ in seen.append("norm") },
        ]
        let output = try parts.context.withoutGradients { try parts.stacked(true).floats() }
        for handle in handles { handle.cancel() }
        #expect(seen == ["convolution", "norm"])
        #expect(output == expected)
    }

    @Test func wrongShapesAreSentences() throws {
        let parts = try made(.cpu, bias: false, training: false)
        #expect(
            message { _ = try parts.convolution(stacked: [], norm: nil, countedFor: "") }
                == "conv2d: maps must be at least one map, got none.")
        let few = message {
            _ = try parts.convolution(
                stacked: [parts.maps[0]], norm: nil, countedFor: "")
        }
        #expect(few.contains("4 channels") && few.contains("[17, 9, 3, 3]"), "\(few)")
        let other = try parts.maps[1].slice(3, 0, 5)
        let uneven = message {
            _ = try parts.convolution(
                stacked: [parts.maps[0], other], norm: nil, countedFor: "")
        }
        #expect(uneven.contains("but in their channels"), "\(uneven)")
    }
}
