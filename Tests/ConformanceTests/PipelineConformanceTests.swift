import Builtin
import HireArray
import HireCPU
import HireFiles
import HireNN
import HireShapes
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The contracts of encoders, projectors and language models, run over every one in the catalogue.
@Suite struct PipelineConformanceTests {
    /// One part in an otherwise default pipeline.
    struct Part: Sendable, CustomStringConvertible {
        let kind: PluginKind
        let id: String
        var description: String { "\(kind.noun) \(id)" }
    }

    static let kinds: [PluginKind] = [.encoder, .projector, .languageModel, .enricher]
    static let parts = kinds.flatMap { kind in
        ((try? BuiltinPlugins.catalog())?.list(kind) ?? []).map {
            Part(kind: kind, id: $0.manifest.id)
        }
    }

    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    @Test func everyKindIsRepresented() {
        for kind in Self.kinds {
            #expect(Self.parts.contains { $0.kind == kind }, "no \(kind.noun) is in the catalogue")
        }
    }

    @Test(arguments: parts) func trainsAndAnswers(_ part: Part) throws {
        let task = try catalog.makeTask(
            PluginChoice("shapes", ["train_images": 2, "test_images": 1]))
        let pipeline = try made(part, task, Context(backend: CPUBackend(threads: 1), seed: 5))
        let views = try pipeline.views(of: (0..<2).map { try task.image(.train, at: $0) })
        let questions = try task.samples(.train).map {
            try pipeline.prompted($0.question, answer: $0.answer, image: $0.imageIndex)
        }
        pipeline.setTraining(true)
        let loss = try pipeline.loss(imageTokens: pipeline.imageTokens(views), questions)
        #expect(try loss.item().isFinite)
        try loss.backward()
        for (path, parameter) in pipeline.parameters() {
            let gradient = try #require(parameter.gradient, "\(path) received no gradient")
            #expect(try gradient.floats().allSatisfy { $0.isFinite }, "\(path)")
        }
        let answer = try pipeline.ask(task.image(.test, at: 0), "what shape is in the image?")
        #expect(!answer.ids.isEmpty)
    }

    @Test(arguments: parts) func promisesShapesAndKeepsItsState(_ part: Part) throws {
        let task = try catalog.makeTask(
            PluginChoice("shapes", ["train_images": 1, "test_images": 1]))
        let context = Context(backend: CPUBackend(threads: 1), seed: 5)
        let pipeline = try made(part, task, context)
        let views = try pipeline.views(of: [task.image(.train, at: 0)])
        let base = try pipeline.encoder(views.low)
        #expect(base.channels == pipeline.encoder.channels && base.grid == pipeline.encoder.grid)
        let tokens = try pipeline.imageTokens(views)
        #expect(tokens.shape[1] == pipeline.enricher.outputTokens)
        #expect(tokens.shape[2] == pipeline.languageModel.hiddenSize)
        #expect(base.prefix?.shape[1] ?? 0 == pipeline.encoder.prefixTokens)
        let logits = try pipeline.languageModel(LanguageModelInput(embeddings: tokens))
        #expect(logits.shape[2] == pipeline.tokenizer.vocabularySize)
        #expect(ModuleConformance.undeclaredProperties(of: pipeline).isEmpty)

        let other = try made(part, task, Context(backend: CPUBackend(threads: 1), seed: 6))
        _ = try other.load(pipeline.stateDict(), strict: true)
        let again = try other.imageTokens(other.views(of: [task.image(.train, at: 0)]))
        #expect(try again.floats() == tokens.floats())

        let shapes = try made(part, task, Context(backend: ShapesBackend(), seed: 5))
        let blank = try shapes.imageTokens(
            shapes.views(of: [task.image(.train, at: 0)]))
        #expect(blank.shape == tokens.shape)
        let manifest = try catalog.entry(part.kind, part.id).manifest
        #expect(manifest.summary.hasSuffix(".") && !manifest.reference.isEmpty)
    }

    private func made(_ part: Part, _ task: any Task, _ context: Context) throws -> Pipeline {
        var recipe = Recipe()
        recipe.preprocessing = ImagePreprocessing(highResolution: 64)
        switch part.kind {
        case .encoder: recipe.encoder = SmallOverrides.choice(part.id)
        case .projector: recipe.projector = SmallOverrides.choice(part.id)
        case .languageModel: recipe.languageModel = SmallOverrides.choice(part.id)
        default: recipe.enricher = SmallOverrides.choice(part.id)
        }
        let pipeline = try Pipeline(recipe, catalog: catalog, corpus: task.corpus, in: context)
        try pipeline.initialize(from: context.random)
        pipeline.setTraining(false)
        return pipeline
    }
}
