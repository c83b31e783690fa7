import HireArray
import HireNN
import HireTensor
import HireTestSupport
import Testing

/// Layers against PyTorch, whole: forward, gradients and buffers, float32; tolerances are absolute plus relative.
@Suite("Layers against PyTorch")
struct LayerGoldenTests {
    private let tolerance = 2e-6

    /// Loads the golden's state, runs forward and backward and compares everything.
    private func check<L: Layer<Tensor, Tensor>>(
        _ name: String, _ layer: L, _ context: Context, sourceLine: Int = #line
    ) throws {
        let golden = try Golden(name, in: context)
        try layer.load(golden.arrays.below("state"))
        let stored = try golden.arrays.tensor("input")
        let input =
            stored.dtype.isFloatingPoint
            ? Tensor.variable(stored, in: context) : Tensor(stored, in: context)
        let output = try layer(input)
        try compare(output.array, golden, "output", line: sourceLine)
        try output.backward(golden.constant("upstream", in: context))
        if let gradient = input.gradient {
            try compare(gradient.array, golden, "gradient.input", line: sourceLine)
        }
        for (path, parameter) in layer.parameters() {
            let gradient = try #require(parameter.gradient, "\(name): gradient of \(path)")
            try compare(gradient.array, golden, "gradient.\(path)", line: sourceLine)
        }
        for (path, buffer) in layer.buffers() {
            try compare(try buffer.tensor.array, golden, "after.\(path)", line: sourceLine)
        }
    }

    private func compare(
        _ array: NDArray, _ golden: Golden, _ key: String, line: Int = #line
    ) throws {
        try expectClose(
            array, try golden.arrays.tensor(key), relative: tolerance, absolute: tolerance,
            "\(golden.name) \(key)", line: line)
    }

    @Test("Linear", arguments: TestBackend.allCases)
    func linear(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        try check("linear", Linear(5, 7, in: context), context)
        try check("linear_without_bias", Linear(5, 7, bias: false, in: context), context)
    }

    @Test("Conv2d and ConvTranspose2d", arguments: TestBackend.allCases)
    func convolutions(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        try check(
            "conv2d",
            Conv2d(3, 4, kernel: [3, 5], stride: [2, 1], padding: [1, 2], in: context), context)
        try check(
            "conv2d_groups",
            Conv2d(
                4, 6, kernel: [3, 3], padding: [2, 2], dilation: [2, 2], groups: 2, bias: false,
                in: context), context)
        try check(
            "conv_transpose2d",
            ConvTranspose2d(4, 3, kernel: [2, 2], stride: [2, 2], in: context), context)
        try check(
            "conv_transpose2d_groups",
            ConvTranspose2d(
                4, 6, kernel: [3, 3], stride: [2, 2], padding: [1, 1], outputPadding: [1, 1],
                groups: 2, in: context), context)
    }

    @Test("Norms over rows and groups", arguments: TestBackend.allCases)
    func norms(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        try check("layer_norm", LayerNorm(6, in: context), context)
        try check("layer_norm_plain", LayerNorm(6, affine: false, in: context), context)
        try check("rms_norm", RMSNorm(6, in: context), context)
        try check("group_norm", GroupNorm(groups: 2, 6, in: context), context)
    }

    @Test(
        "BatchNorm2d over three training batches: outputs, gradients and running statistics",
        arguments: TestBackend.allCases)
    func batchNormTraining(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        let golden = try Golden("batch_norm_training", in: context)
        let layer = BatchNorm2d(3, in: context)
        try layer.load(golden.arrays.below("state"))
        for step in 0..<3 {
            layer.zeroGradients()
            let input = try golden.variable("input.\(step)", in: context)
            let output = try layer(input)
            try compare(output.array, golden, "output.\(step)")
            try output.backward(golden.constant("upstream.\(step)", in: context))
            let gradients = [
                ("input", input.gradient), ("weight", layer.weight.gradient),
                ("bias", layer.bias.gradient),
            ]
            for (key, gradient) in gradients {
                let found = try #require(gradient)
                try expectClose(
                    found.array, try golden.arrays.tensor("gradient.\(step).\(key)"),
                    relative: 2e-5, absolute: 2e-5, "gradient.\(step).\(key)")
            }
            for (path, buffer) in layer.buffers() {
                try compare(try buffer.tensor.array, golden, "after.\(step).\(path)")
            }
        }
    }

    @Test("BatchNorm2d in evaluation", arguments: TestBackend.allCases)
    func batchNormEvaluation(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        let layer = BatchNorm2d(3, in: context)
        layer.train(false)
        try check("batch_norm_evaluation", layer, context)
        #expect(message { _ = try layer(context.ones([2, 3])) }.contains("[N, C, H, W]"))
    }

    @Test("Embedding", arguments: TestBackend.allCases)
    func embedding(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        try check("embedding", Embedding(9, 4, in: context), context)
    }

    @Test("Activations and chains", arguments: TestBackend.allCases)
    func activations(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        try check("gelu", GELU(), context)
        try check("gelu_tanh", GELU(.tanh), context)
        try check("gelu_quick", GELU(.quick), context)
        try check("silu", SiLU(), context)
        try check("relu", ReLU(), context)
        try check(
            "sequential",
            Sequential([Linear(4, 6, in: context), GELU(), Linear(6, 3, in: context)]), context)
    }

    @Test("Attention over itself, and over others with a mask", arguments: TestBackend.allCases)
    func attention(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        try check("attention_self", MultiHeadAttention(12, heads: 3, in: context), context)
        let golden = try Golden("attention_cross_masked", in: context)
        let layer = MultiHeadAttention(12, heads: 3, in: context)
        try layer.load(golden.arrays.below("state"))
        let queries = try golden.variable("input", in: context)
        let keys = try golden.variable("input1", in: context)
        var probabilities: Tensor?
        let handle = try layer.capture(["attention.probabilities"]) { probabilities = $1 }
        let output = try layer(
            queries, keys: keys, values: keys, mask: golden.constant("mask", in: context))
        handle.cancel()
        try compare(output.array, golden, "output")
        try compare(try #require(probabilities).array, golden, "probabilities")
        try output.backward(golden.constant("upstream", in: context))
        try compare(try #require(queries.gradient).array, golden, "gradient.input")
        try compare(try #require(keys.gradient).array, golden, "gradient.input1")
        for (path, parameter) in layer.parameters() {
            try compare(try #require(parameter.gradient).array, golden, "gradient.\(path)")
        }
    }

    @Test("LoRA: forward, gradients, merge and exact unmerge", arguments: TestBackend.allCases)
    func lora(_ backend: TestBackend) throws {
        let context = makeContext(on: backend)
        let golden = try Golden("lora", in: context)
        let layer = Linear(6, 5, in: context)
        let root = Holder()
        root.scope.child("q_proj", layer)
        #expect(try root.addLoRA(["*_proj"], rank: 2, alpha: 8) == ["q_proj"])
        try layer.load(golden.arrays.below("state"))
        #expect(
            layer.parameters().map(\.path) == [
                "weight", "bias", "lora_A.weight", "lora_B.weight",
            ])
        let input = try golden.constant("input", in: context)
        let output = try layer(input)
        try compare(output.array, golden, "output")
        try output.backward(golden.constant("upstream", in: context))
        #expect(layer.weight.gradient == nil)
        for (path, parameter) in layer.parameters() where path.hasPrefix("lora") {
            try compare(try #require(parameter.gradient).array, golden, "gradient.\(path)")
        }
        let before = try layer.weight.tensor.floats()
        try root.mergeAdapters()
        try compare(try layer.weight.tensor.array, golden, "merged")
        try compare(try layer(input).array, golden, "output")
        try root.unmergeAdapters()
        #expect(try layer.weight.tensor.floats() == before)
        root.setAdapters(enabled: false)
        let plain = try input.linear(layer.weight.tensor, layer.bias?.tensor)
        try expectClose(try layer(input).array, plain.array, "disabled")
    }
}
