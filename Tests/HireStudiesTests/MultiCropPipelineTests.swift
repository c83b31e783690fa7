import Builtin
import HireFiles
import HireImaging
import HireReference
import HireShapes
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Whole pipelines whose language model reads more image tokens than the encoder's grid has places.
@Suite struct MultiCropPipelineTests {
    let context = Context(backend: ReferenceBackend(), seed: 3)
    let catalog: PluginCatalog
    let corpus = ["what is in the image", "a red circle"]

    init() throws { catalog = try BuiltinPlugins.catalog() }

    static let enrichers: [PluginChoice] = [
        PluginChoice("anyres", ["token_budget": 40, "separator": true]),
        PluginChoice("anyres", ["candidates": [[2, 2], [1, 4]], "merge": "spatial"]),
        PluginChoice("dragonfly", ["separator": true]),
        PluginChoice("dragonfly", ["version": 1]),
    ]

    private func recipe(_ enricher: PluginChoice) -> Recipe {
        var recipe = Recipe()
        recipe.encoder = PluginChoice(
            "clip",
            [
                "hidden_size": 8, "intermediate_size": 12, "num_hidden_layers": 2,
                "num_attention_heads": 2, "image_size": 16, "patch_size": 4,
                "select_feature": "cls_patch",
            ])
        recipe.languageModel = PluginChoice(
            "small-llama", ["width": 16, "layers": 1, "heads": 2, "kv_heads": 2, "hidden": 24])
        recipe.enricher = enricher
        return recipe
    }

    private func pipeline(_ enricher: PluginChoice, _ context: Context? = nil) throws -> Pipeline {
        try Pipeline(
            recipe(enricher), catalog: catalog, corpus: corpus, in: context ?? self.context)
    }

    private func picture(_ width: Int = 31, _ height: Int = 17) throws -> Image {
        var image = try Image(width: width, height: height, fill: Color(40, 90, 160))
        for x in 0..<(width / 2) { image[x, height / 2] = Color(200, UInt8(7 * x % 256), 30) }
        return image
    }

    @Test(arguments: enrichers) func answersWithAllItsTokens(_ choice: PluginChoice) throws {
        let pipeline = try pipeline(choice)
        let expected = pipeline.enricher.outputTokens
        #expect(expected > 17)
        var seen: [String: [[Int]]] = [:]
        let watch = try pipeline.capture(
            ["projector.output", "enricher.output", "enricher.crops", "encoder.output"]
        ) { seen[$0, default: []].append($1.shape) }
        let answer = try pipeline.ask(picture(), "what is in the image")
        watch.cancel()
        #expect(!answer.ids.isEmpty)
        // Image tokens that were only compared are not taken for those that are read.
        #expect(seen["projector.output"] == [[1, expected, 16]])
        #expect(seen["enricher.output"] == [[1, 8, 4, 4]])
        #expect(seen["enricher.crops"] == [[1, expected - 17, 8]])
        #expect((seen["encoder.output"]?.count ?? 0) > 1)
        let blind = try pipeline.imageTokens(
            pipeline.views(of: [picture()]), count: 3, blindfold: true)
        #expect(blind.shape == [3, expected, 16])
    }

    @Test(arguments: enrichers) func trainsEverything(_ choice: PluginChoice) throws {
        let pipeline = try pipeline(choice)
        pipeline.setTraining(true)
        let views = try pipeline.views(of: [picture(), picture(12, 40)])
        let questions = try (0..<2).map {
            try pipeline.prompted("what is in the image", answer: "a red circle", image: $0)
        }
        let loss = try pipeline.loss(imageTokens: pipeline.imageTokens(views), questions)
        try loss.backward()
        for (path, parameter) in pipeline.parameters() where !path.hasPrefix("encoder.") {
            let gradient = try #require(parameter.gradient, "\(path) received no gradient")
            let values = try gradient.floats()
            #expect(values.allSatisfy { $0.isFinite } && values.contains { $0 != 0 }, "\(path)")
        }
    }

    @Test(arguments: enrichers) func savedFoldersGiveTheSameBits(_ choice: PluginChoice) throws {
        let pipeline = try pipeline(choice)
        pipeline.setTraining(false)
        let folder = try TemporaryFolder()
        try pipeline.save(to: folder.file("saved"), corpus: corpus)
        let again = try Pipeline.load(
            folder.file("saved"), catalog: catalog,
            in: Context(backend: ReferenceBackend(), seed: 9)
        ).pipeline
        #expect(again.recipe == pipeline.recipe)
        let tokens = try pipeline.imageTokens(pipeline.views(of: [picture()])).floats()
        #expect(try again.imageTokens(again.views(of: [picture()])).floats() == tokens)
    }

    /// Every pass of the encoder is counted where it belongs: 1, 5, 29 and 41 of them.
    @Test func costsCountEveryPass() throws {
        func cost(_ choice: PluginChoice) throws -> [String: Int] {
            let stages = try PipelineCost.measure(
                recipe(choice), catalog: catalog, corpus: corpus,
                shapes: Context(backend: ShapesBackend()),
                question: ("what is in the image", "a red circle")
            ).stages
            return Dictionary(uniqueKeysWithValues: stages.map { ($0.name, $0.multiplyAdds) })
        }
        let none = try cost(PluginChoice("none"))
        let one = try #require(none["encoder"])
        #expect(one > 0)
        for (choice, passes) in [
            (PluginChoice("anyres"), 5), (PluginChoice("anyres", ["candidates": [[1, 3]]]), 4),
            (PluginChoice("dragonfly", ["version": 1]), 29), (PluginChoice("dragonfly"), 41),
        ] {
            let found = try cost(choice)
            #expect(found["encoder"] == passes * one, "\(choice)")
            let more = try pipeline(choice).enricher.outputTokens
            let perToken = try #require(none["projector"]) / 17
            // Version 1 projects 28 crops of 17 tokens more, to compare them.
            let compared = choice.configuration["version"] == 1 ? 28 * 17 : 0
            #expect(found["projector"] == perToken * (more + compared), "\(choice)")
        }
    }

    @Test func swappingKeepsTheProjector() throws {
        let pipeline = try pipeline(PluginChoice("none"))
        try pipeline.initialize(from: context.random)
        let before = try pipeline.projector.stateDict()
        let fresh = try pipeline.setEnricher(
            PluginChoice("anyres", ["separator": true]), catalog: catalog)
        #expect(fresh.initialised == ["enricher.separator.embedding"])
        for (name, array) in try pipeline.projector.stateDict() {
            #expect(try array.floats() == before[name]?.floats())
        }
        #expect(try pipeline.imageTokens(pipeline.views(of: [picture()])).shape == [1, 86, 16])
        #expect(throws: PluginError.self) {
            try pipeline.setEnricher(PluginChoice("anyres", ["grid": 0]), catalog: catalog)
        }
        #expect(pipeline.recipe.enricher.id == "anyres")
        #expect(try pipeline.imageTokens(pipeline.views(of: [picture()])).shape == [1, 86, 16])
    }
}
