import Builtin
import HireArray
import HireCPU
import HireFiles
import HireShapes
import HireStudies
import HireTensor
import HireVLM
import Testing

/// Whole models: what runs is what `hire cost --convention full` says, and what one computes by hand.
@Suite struct ExecutedModelWorkTests {
    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    /// Grids below 64 rows, so that no bilateral stage is cut into strips (`ExecutedWorkBoundTests`).
    private static let high = 56
    private static let text = 5
    private static let hire: JSONObject = [
        "widths": [6, 8, 8], "bottleneck": 8, "align": 8, "key_size": 8,
    ]

    private func recipe(_ enricher: String) -> Recipe {
        var recipe = Recipe()
        recipe.preprocessing = ImagePreprocessing(highResolution: Self.high)
        recipe.encoder = SmallOverrides.choice("clip")
        recipe.languageModel = SmallOverrides.choice("llama")
        var choice = SmallOverrides.choice(enricher)
        if enricher == "hire" {
            for (key, value) in Self.hire.members { choice.configuration[key] = value }
        }
        if enricher == "s2" {
            choice.configuration["scales"] = [12, 24, 48]
        }
        // Its coarsest guidance has the encoder's 3 x 3.
        if enricher == "jbu" { choice.configuration["radius"] = 2 }
        recipe.enricher = choice
        return recipe
    }

    private func pipeline(_ enricher: String, in context: Context) throws -> Pipeline {
        let made = try Pipeline(recipe(enricher), catalog: catalog, corpus: [], in: context)
        try made.initialize(from: context.random)
        made.setTraining(false)
        return made
    }

    private func run(_ enricher: String, isPushed: Bool) throws -> WorkObserver {
        try WorkObserver.watching { context in
            let model = try pipeline(enricher, in: context)
            let views = try model.blankViews()
            try context.withoutGradients {
                _ = try model.firstTokenLogits(views, textTokens: Self.text, isPushed: isPushed)
            }
        }
    }

    @Test(arguments: ["none", "bicubic", "jbu", "hire", "s2"])
    func pipelinesRunWhatTheFullConventionCounts(_ enricher: String) throws {
        let observer = try run(enricher, isPushed: false)
        #expect(observer.differences.isEmpty, "\(observer.differences)")
        let cost = try ModelCost.measure(
            recipe(enricher), catalog: catalog, textTokens: Self.text, convention: .full,
            shapes: { Context(backend: ShapesBackend()) })
        #expect(observer.executed == cost.multiplyAdds)
        let tree = try CostTree(observer.entries.map(\.call), convention: .full)
        #expect(tree.multiplyAdds == observer.executed)
    }

    @Test(arguments: ["bicubic", "jbu", "hire"])
    func pushedFormsRunWhatTheyCount(_ enricher: String) throws {
        let (pushed, pulled) = (
            try run(enricher, isPushed: true), try run(enricher, isPushed: false)
        )
        #expect(pushed.differences.isEmpty, "\(pushed.differences)")
        #expect(pushed.executed > pulled.executed)
    }

    @Test(arguments: ["jbu", "hire", "s2"])
    func trainingRunsWhatItCounts(_ enricher: String) throws {
        let observer = try WorkObserver.watching { context in
            let model = try pipeline(enricher, in: context)
            model.setTraining(true)
            try model.firstTokenLogits(model.blankViews(), textTokens: Self.text).sum().backward()
        }
        #expect(observer.differences.isEmpty, "\(observer.differences)")
        let backward = observer.entries.filter(\.call.isBackward).reduce(0) { $0 + $1.executed }
        #expect(backward > observer.executed / 2)
    }

    // MARK: By hand

    /// 10 tokens of 16 channels: 9 patches of 4 x 4 x 3 and the class token; 2 of 3 blocks come before the selected layer.
    @Test func aVisionTransformerByHand() throws {
        let tree = try CostTree(run("none", isPushed: false).entries.map(\.call), convention: .full)
        let (tokens, width, hidden) = (10, 16, 24)
        let projections = 4 * tokens * width * width
        let attention = 2 * tokens * tokens * width
        let perceptron = 2 * tokens * width * hidden
        let patches = 9 * width * 4 * 4 * 3
        #expect(tree["encoder.layers.0"]?.multiplyAdds == projections + attention + perceptron)
        #expect(
            tree["encoder"]?.multiplyAdds
                == patches + 2 * (projections + attention + perceptron))
    }

    /// 9 image tokens and 5 of text; 4 heads of 4 channels over 2 of keys and values.
    @Test func aLlamaLayerByHand() throws {
        var vocabulary = 0
        let observer = try WorkObserver.watching { context in
            let model = try pipeline("none", in: context)
            vocabulary = model.tokenizer.vocabularySize
            try context.withoutGradients {
                _ = try model.firstTokenLogits(model.blankViews(), textTokens: Self.text)
            }
        }
        let tree = try CostTree(observer.entries.map(\.call), convention: .full)
        let (tokens, width, keys, hidden) = (9 + 5, 16, 8, 24)
        let block =
            tokens * width * (width + keys + keys + width)  // q, k, v, o
            + 2 * tokens * tokens * width  // scores and mixing
            + tokens * 3 * width * hidden  // gate, up, down
        #expect(tree["language_model.model.layers.0"]?.multiplyAdds == block)
        #expect(
            tree["language_model"]?.multiplyAdds == 2 * block + tokens * width * vocabulary)
    }

    /// Levels of 56, 28, 14 and 7 pixels; a doubling from n has 4n - 1 bilinear taps along an axis.
    @Test func theGuidanceUNetByHand() throws {
        let tree = try CostTree(run("hire", isPushed: false).entries.map(\.call), convention: .full)
        func block(_ side: Int, _ input: Int, _ output: Int) -> Int {
            side * side * 9 * (input * output + output * output)
        }
        func doubling(_ side: Int, _ channels: Int) -> Int {
            channels * (4 * side - 1) * (side + 2 * side)
        }
        let down = block(56, 3, 6) + block(28, 6, 8) + block(14, 8, 8) + block(7, 8, 8)
        let up = block(14, 8 + 8, 8) + block(28, 8 + 8, 8) + block(56, 8 + 6, 6)
        let doublings = doubling(7, 8) + doubling(14, 8) + doubling(28, 8)
        #expect(tree["enricher.unet"]?.multiplyAdds == down + up + doublings)
        func stage(_ side: Int, _ guidance: Int) -> Int {
            let (key, taps) = (8, 49)
            let projection = guidance * key + key * key
            let fixup = (guidance + taps) * taps + taps * taps
            return side * side * (projection + key * taps + fixup)
        }
        #expect(
            tree["enricher.stages"]?.multiplyAdds == stage(14, 8) + stage(28, 8) + stage(56, 6))
    }

    /// One stage of radius 3 from 4 x 4 to 8 x 8, pooled back to 4 x 4.
    @Test func aBilateralStagePulledAndPushedByHand() throws {
        // Bicubic taps of 4 -> 8 along an axis, those beyond the border merged with the border's.
        let taps = [2, 3, 3, 4, 4, 3, 3, 2]
        // Each token owns 2 of 8 positions; its kernel reaches 3 further and is reflected at the border.
        let grown = [0...4, 0...6, 1...7, 3...7]
        let (positions, reached) = (4 * 2, grown.reduce(0) { $0 + $1.count })
        let touched = grown.reduce(0) { $0 + $1.reduce(0) { $0 + taps[$1] } }
        // All four source positions of an axis are reached from every token.
        let pulled =
            positions * positions * 49 + touched * reached + 4 * 4 * touched
        let channels = 6
        let observer = try WorkObserver.watching { context in
            let stack = try JointBilateralStack(guidanceChannels: [5], in: context)
            let kernels = [try numbers(context, [1, 49, 8, 8])]
            let map = try numbers(context, [1, channels, 4, 4])
            _ = try stack.pooledOperator(kernels, source: [4, 4], pooled: [4, 4])
            context.observer?.observe(Self.mark(kernels[0]))
            _ = try stack.highResolution(FeatureMap(map: map), kernels)
        }
        #expect(observer.differences.isEmpty, "\(observer.differences)")
        let middle = try #require(observer.entries.firstIndex { $0.call.name == "mark" })
        let counts = observer.entries.map(\.executed)
        #expect(counts[..<middle].reduce(0, +) == pulled)
        // Reflected by 3 at either end: positions 3, 2, 1 and 6, 5, 4 once more.
        let padded = taps.reduce(0, +) + (4 + 3 + 3) + (3 + 3 + 4)
        let pushed = channels * (padded * 4 + padded * 14 + 8 * 8 * 49)
        #expect(counts[middle...].reduce(0, +) == pushed)
    }

    private func numbers(_ context: Context, _ shape: Shape) throws -> Tensor {
        try context.normal(shape, mean: 0, deviation: 1, from: context.stream("x"))
    }

    /// A call that did nothing.
    private static func mark(_ x: Tensor) -> OpCall {
        OpCall(
            name: "mark", form: "", inputs: [], output: x.shape, multiplyAdds: 0, modulePath: "",
            isBackward: false, bytesRead: 0, bytesWritten: 0, sources: [], target: x.array.storage)
    }
}
