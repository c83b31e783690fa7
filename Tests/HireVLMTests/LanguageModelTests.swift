import Builtin
import Foundation
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireReference
import HireShapes
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Known numbers, sizes, memory and adapters of the language models.
@Suite struct LanguageModelTests {
    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    /// Made with transformers 4.37.2 from formulas alone; no file is involved.
    @Test(arguments: LanguageBackend.allCases) func llamaFromFormulas(_ backend: LanguageBackend)
        throws
    {
        let logits = try formulaLogits("llama", ["rms_norm_eps": 1e-5], backend)
        try expectGolden(
            logits.array, sum: -0.955072, squares: 37.020842,
            first: [-0.683943, 0.358212, 0.579703, -0.526905, -0.426374, 0.65098],
            last: [-0.936787, 0.134122, 0.897758])
        let targets = try logits.context.tensor([-100, 9, 3, 7].map { Int32($0) }, [4])
        let loss = try logits.slice(1, 0, 4).reshape([4, 16]).crossEntropy(targets)
        #expect(abs(try loss.item() - 2.351633310317993) <= 1e-5)
    }

    @Test(arguments: LanguageBackend.allCases) func qwen2FromFormulas(_ backend: LanguageBackend)
        throws
    {
        let logits = try formulaLogits(
            "qwen2",
            [
                "num_attention_heads": 4, "num_key_value_heads": 2, "rope_theta": 1e6,
                "rms_norm_eps": 1e-6,
            ], backend)
        try expectGolden(
            logits.array, sum: 0.974612, squares: 18.501220,
            first: [-0.471768, 0.354675, 0.368558, -0.461925, -0.234138, 0.530059],
            last: [-1.019193, 0.184983, 0.965363])
    }

    /// Element k of the tensor that is c-th by name is 0.3 sin(k + 1 + c), one more for scales of norms.
    private func formulaLogits(
        _ id: String, _ options: JSONObject, _ backend: LanguageBackend
    ) throws -> Tensor {
        var choice = PluginChoice(
            id,
            [
                "hidden_size": 8, "intermediate_size": 16, "num_hidden_layers": 2,
                "num_attention_heads": 2,
            ])
        for (key, value) in options.members { choice.configuration[key] = value }
        let context = backend.context()
        let model = try catalog.makeLanguageModel(choice, vocabularySize: 16, in: context)
        let sorted = model.parameters().sorted { $0.path < $1.path }
        for (index, item) in sorted.enumerated() {
            let isScale = item.parameter.shape.count == 1 && item.path.hasSuffix("weight")
            let values = (0..<item.parameter.count).map {
                Float((isScale ? 1 : 0) + 0.3 * sin(Double($0 + 1 + index)))
            }
            try item.parameter.assign(context.backend.array(values, item.parameter.shape))
        }
        let ids = try context.tensor([1, 5, 9, 3, 7].map { Int32($0) }, [1, 5])
        return try model(LanguageModelInput(embeddings: model.embed(ids)))
    }

    /// Real sizes, without numbers; the counts are transformers' on torch's meta device.
    @Test func wellKnownModelsHaveTheirParameters() throws {
        let counts = try LanguageGolden.json("parameter_counts.json")
        for (name, count) in counts.members {
            let id = name.hasPrefix("qwen") ? "qwen2" : "llama"
            let context = Context(backend: ShapesBackend())
            let model = try catalog.makeLanguageModel(
                PluginChoice(id, ["variant": .string(name)]), vocabularySize: 32_000, in: context)
            #expect(model.parameterCount == count.intValue, "\(name)")
            let logits = try model(
                LanguageModelInput(
                    embeddings: context.zeros([1, 618, model.hiddenSize]),
                    cache: model.makeCache(), logitPositions: 617..<618))
            #expect(logits.shape == [1, 1, model.vocabularySize])
        }
        #expect(counts["vicuna-7b"] == 6_738_415_616 && counts["qwen2-7b"] == 7_615_616_512)
    }

    /// Half-width weights are read where they lie: no more than the file and what one pass needs is ever held.
    @Test(arguments: [false, true]) func halfWidthWeightsStayAsStored(_ isTied: Bool) throws {
        let backend = CPUBackend(threads: 2)
        let context = Context(backend: backend, seed: 1)
        let model = try catalog.makeLanguageModel(
            PluginChoice(
                "qwen2",
                [
                    "hidden_size": 256, "intermediate_size": 512, "num_hidden_layers": 2,
                    "num_attention_heads": 4, "num_key_value_heads": 2,
                    "tie_word_embeddings": .bool(isTied),
                ]),
            vocabularySize: 20_000, in: context)
        model.freeze()
        for (path, parameter) in model.parameters() {
            let drawn = try context.normal(
                parameter.shape, deviation: 0.05, from: context.random.named(path))
            try parameter.assign(drawn.cast(to: .bfloat16).array)
        }
        let live = backend.ledger.resetPeak()
        let stored = 2 * model.parameterCount
        #expect(live >= stored && live < stored + 100_000, "\(live) bytes for \(stored)")
        try context.withoutGradients {
            let cache = model.makeCache()
            var input = try model.embed(context.tensor([1, 2, 3].map { Int32($0) }, [1, 3]))
            for _ in 0..<3 {
                let last = input.shape[1] - 1
                let next = try model(
                    LanguageModelInput(
                        embeddings: input, cache: cache, logitPositions: last..<(last + 1)))
                input = try model.embed(next.argmax(dim: -1))
            }
        }
        // Widening the embedding or the output layer would take 20 MB.
        #expect(backend.ledger.peakBytes - live < 3_000_000, "\(backend.ledger.peakBytes - live)")
    }

    @Test func adaptersTrainOnHalfWidthWeights() throws {
        let golden = try LanguageGolden("qwen2", in: LanguageBackend.cpu.context())
        let model = try golden.model(.bfloat16)
        let ids = try golden.ids()
        let before = try model(LanguageModelInput(embeddings: model.embed(ids)))
        let paths = try model.addLoRA(
            ["model.layers.*.self_attn.q_proj", "model.layers.*.self_attn.v_proj"], rank: 2,
            alpha: 4)
        #expect(paths.count == 4)
        let adapted = model.parameters().filter { $0.path.contains("lora_") }
        #expect(adapted.count == 8)
        for (_, parameter) in adapted { parameter.isFrozen = false }
        try model.initialize(adapters: adapted)
        let logits = try model(LanguageModelInput(embeddings: model.embed(ids)))
        #expect(try relativeError(logits, before) > 1e-3)
        try logits.square().sum().backward()
        for (path, parameter) in adapted {
            let gradient = try #require(parameter.gradient, "\(path)")
            #expect(try gradient.floats().contains { $0 != 0 }, "\(path)")
        }
        #expect(model.parameters().filter { $0.parameter.gradient != nil }.count == 8)
    }
}

extension Module {
    /// Draws adapters from one seed, both factors, so that they change what the model computes.
    fileprivate func initialize(adapters: [(path: String, parameter: Parameter)]) throws {
        for (path, parameter) in adapters {
            let drawn = try parameter.context.normal(
                parameter.shape, deviation: 0.3, from: RandomSource(seed: 5).named(path))
            try parameter.assign(drawn.array)
        }
    }
}
