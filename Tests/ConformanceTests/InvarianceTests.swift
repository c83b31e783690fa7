import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireTensor
import HireVLM
import Testing

/// `Determinism.invariant`: a sample's bits depend on neither its batch nor the number of threads.
@Suite struct InvarianceTests {
    static let grid = SIMD2(4, 4)
    static func ids(_ kind: PluginKind) -> [String] {
        ((try? BuiltinPlugins.catalog())?.list(kind) ?? []).map(\.manifest.id)
    }

    /// Plugins whose defaults are models of real size, small but wide enough to be shared among threads.
    static let options: [String: JSONObject] = {
        let vision: JSONObject = [
            "hidden_size": 96, "num_hidden_layers": 2, "num_attention_heads": 4,
            "image_size": 40, "patch_size": 4,
        ]
        let decoder: JSONObject = [
            "hidden_size": 96, "intermediate_size": 200, "num_hidden_layers": 2,
            "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 512,
        ]
        var perceptron = vision
        perceptron["intermediate_size"] = 200
        return [
            "clip": perceptron, "siglip": perceptron, "dinov2": vision, "llama": decoder,
            "qwen2": decoder,
            // The view of these tests is smaller than its crops.
            "dragonfly": ["class_tokens": false, "separator": true, "upsample": true],
        ]
    }()

    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    private func context(_ threads: Int) -> Context {
        Context(
            backend: CPUBackend(threads: threads, isInvariant: true), seed: 3,
            determinism: .invariant)
    }

    private func choice(_ id: String) -> PluginChoice {
        Self.options[id].map { PluginChoice(id, $0) } ?? SmallOverrides.choice(id)
    }

    private func normal(_ shape: Shape, _ name: String, _ context: Context) throws -> Tensor {
        try context.normal(
            shape, mean: 0, deviation: 1, from: RandomSource(seed: 9).named(name))
    }

    /// What each number of threads gives for all samples, and what each sample gives alone.
    private func expectInvariant(
        _ what: String, samples: Int, _ run: (_ threads: Int, _ chosen: Range<Int>) throws -> Tensor
    ) throws {
        let all = try run(1, 0..<samples).contiguous().floats()
        #expect(Set(all).count > samples, "\(what) gives nothing to compare")
        for threads in [2, 3] {
            let others = try run(threads, 0..<samples).contiguous().floats()
            #expect(others == all, "\(what) with \(threads) threads")
        }
        let size = all.count / samples
        for sample in 0..<samples {
            let alone = try run(2, sample..<sample + 1).contiguous().floats()
            #expect(
                alone == Array(all[sample * size..<(sample + 1) * size]),
                "\(what), sample \(sample) alone")
        }
    }

    // MARK: Enrichers

    private func enriched(
        _ id: String, _ context: Context, _ chosen: Range<Int>, training: Bool
    ) throws -> (any Enricher, Tensor) {
        let host = HostShape(
            channels: 8, grid: Self.grid, lowResolution: 16, highResolution: 64, context: context)
        let enricher = try catalog.makeEnricher(choice(id), for: host)
        try enricher.initialize(from: RandomSource(seed: 3))
        enricher.train(training)
        let high = try normal([3, 3, 64, 64], "high", context)
            .slice(0, chosen.lowerBound, chosen.upperBound)
        let filter = try normal([8, 3, 4, 4], "filter", context)
        let encode: (Tensor) throws -> FeatureMap = {
            try FeatureMap(map: $0.conv2d(filter, stride: [4, 4]))
        }
        let low = try high.interpolate(to: [16, 16], mode: .bicubic)
        let input = EnricherInput(
            base: try encode(low), image: ImageViews(high: high, low: low), encode: encode)
        return (enricher, try enricher(input).sequence())
    }

    @Test(arguments: ids(.enricher)) func enrichers(_ id: String) throws {
        try expectInvariant(id, samples: 3) { threads, chosen in
            let context = context(threads)
            return try context.withoutGradients {
                try enriched(id, context, chosen, training: false).1
            }
        }
    }

    @Test(arguments: ids(.enricher)) func gradientsOfEnrichers(_ id: String) throws {
        var expected: [String: [Float]] = [:]
        for threads in 1...3 {
            let context = context(threads)
            let (enricher, output) = try enriched(id, context, 0..<3, training: true)
            guard !enricher.parameters().isEmpty else { return }
            try (output * normal(output.shape, "weights", context)).sum().backward()
            for (path, parameter) in enricher.parameters() {
                let gradient = try #require(parameter.gradient).floats()
                if threads == 1 { expected[path] = gradient }
                #expect(gradient == expected[path], "\(id).\(path) with \(threads) threads")
            }
        }
    }

    // MARK: Encoders, language models and projectors

    @Test(arguments: ids(.encoder)) func encoders(_ id: String) throws {
        try expectInvariant(id, samples: 3) { threads, chosen in
            let context = context(threads)
            let encoder = try catalog.makeEncoder(choice(id), in: context)
            try encoder.initialize(from: RandomSource(seed: 3))
            encoder.train(false)
            let side = encoder.resolution
            let pictures = try normal([3, 3, side, side], "pictures", context)
            return try context.withoutGradients {
                try encoder(pictures.slice(0, chosen.lowerBound, chosen.upperBound)).tokens()
            }
        }
    }

    @Test(arguments: ids(.languageModel)) func languageModels(_ id: String) throws {
        let length = 45
        // The last sample's sequence is shorter; in a batch it is filled up behind its end.
        for (samples, kept) in [(3, length), (3, 21)] {
            try expectInvariant("\(id), \(kept) of \(length) tokens", samples: samples) {
                threads, chosen in
                let context = context(threads)
                let model = try catalog.makeLanguageModel(
                    choice(id), vocabularySize: 97, in: context)
                try model.initialize(from: RandomSource(seed: 3))
                model.train(false)
                let embeddings = try normal([3, length, model.hiddenSize], "tokens", context)
                    .slice(0, chosen.lowerBound, chosen.upperBound)
                let used = chosen.count == 1 ? try embeddings.slice(1, 0, kept) : embeddings
                return try context.withoutGradients {
                    try model(LanguageModelInput(embeddings: used)).slice(1, 0, kept)
                }
            }
        }
    }

    @Test(arguments: ids(.projector)) func projectors(_ id: String) throws {
        try expectInvariant(id, samples: 3) { threads, chosen in
            let context = context(threads)
            let projector = try catalog.makeProjector(
                choice(id), inputChannels: 48, outputSize: 300, in: context)
            try projector.initialize(from: RandomSource(seed: 3))
            let tokens = try normal([3, 16, 48], "tokens", context)
                .slice(0, chosen.lowerBound, chosen.upperBound)
            return try context.withoutGradients {
                try projector(FeatureMap(tokens: tokens, grid: Self.grid))
            }
        }
    }

    /// A whole training loss: the gradients of all parameters.
    @Test(arguments: ids(.encoder)) func gradientsOfAPipeline(_ id: String) throws {
        let task = try catalog.makeTask(
            PluginChoice("shapes", ["train_images": 4, "test_images": 1]))
        var expected: [String: [Float]] = [:]
        for threads in 1...3 {
            var recipe = Recipe()
            recipe.preprocessing = ImagePreprocessing(highResolution: 64)
            recipe.encoder = choice(id)
            let pipeline = try Pipeline(
                recipe, catalog: catalog, corpus: task.corpus, in: context(threads))
            try pipeline.initialize(from: RandomSource(seed: 3))
            pipeline.setTraining(true)
            let views = try pipeline.views(of: (0..<4).map { try task.image(.train, at: $0) })
            let questions = try task.samples(.train).map {
                try pipeline.prompted($0.question, answer: $0.answer, image: $0.imageIndex)
            }
            try pipeline.loss(imageTokens: pipeline.imageTokens(views), questions).backward()
            for (path, parameter) in pipeline.parameters() {
                let gradient = try #require(parameter.gradient).floats()
                if threads == 1 { expected[path] = gradient }
                #expect(gradient == expected[path], "\(path) with \(threads) threads")
            }
        }
    }
}
