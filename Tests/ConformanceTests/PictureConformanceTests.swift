import Builtin
import HireArray
import HireCPU
import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM
import Testing

/// Pictures of awkward sizes, through the whole pipeline with every enricher.
@Suite struct PictureConformanceTests {
    static let ids = (try? BuiltinPlugins.catalog())?.list(.enricher).map(\.manifest.id) ?? []
    static let sizes = [[1, 1], [3, 500], [500, 3], [17, 31]]

    @Test(arguments: ids, ImagePreprocessing.Aspect.allCases)
    func anyPictureIsAnswered(_ id: String, _ aspect: ImagePreprocessing.Aspect) throws {
        let catalog = try BuiltinPlugins.catalog()
        var recipe = Recipe()
        recipe.encoder = PluginChoice(
            "small-vit", ["resolution": 16, "patch": 4, "width": 16, "heads": 2, "layers": 1])
        recipe.languageModel = PluginChoice(
            "small-llama", ["width": 16, "heads": 2, "kv_heads": 2, "layers": 1, "hidden": 32])
        recipe.enricher = SmallOverrides.choice(id)
        recipe.preprocessing = ImagePreprocessing(highResolution: 64, aspect: aspect)
        let context = Context(backend: CPUBackend(threads: 1), seed: 4)
        let pipeline = try Pipeline(
            recipe, catalog: catalog, corpus: ["what is it", "red"], in: context)
        try pipeline.initialize(from: context.random)
        // Whatever is not finite fails where it is made.
        context.checksFinite = true
        var images: [Image] = []
        for size in Self.sizes {
            let (width, height) = (size[0], size[1])
            let pixels = (0..<(3 * width * height)).map { UInt8(truncatingIfNeeded: $0 &* 37) }
            images.append(try Image(width: width, height: height, pixels: pixels))
        }
        for image in images {
            let logits = try pipeline.logits(image, "<image>what is it")
            #expect(logits.shape[1] == pipeline.enricher.outputTokens + 3)
            #expect(try logits.floats().allSatisfy(\.isFinite), "\(image.width)x\(image.height)")
            let answer = try pipeline.ask(image, "what is it", options: .init(maximumTokens: 2))
            #expect(!answer.ids.isEmpty)
        }
        // Several at once are what each is alone.
        let together = try context.withoutGradients {
            try pipeline.imageTokens(pipeline.views(of: images)).floats()
        }
        let alone = try context.withoutGradients {
            try images.flatMap { try pipeline.imageTokens(pipeline.views(of: [$0])).floats() }
        }
        for (first, second) in zip(together, alone) { #expect(abs(first - second) < 1e-4) }
        #expect(together.count == alone.count)
    }
}
