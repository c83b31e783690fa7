import Builtin
import HireCPU
import HireFiles
import HireShapes
import HireTensor
import HireVLM
import Testing

/// What a user can get wrong with an enricher is told in a sentence.
@Suite struct BadEnricherTests {
    struct Mistake: Sendable, CustomStringConvertible {
        let id: String
        let options: JSONObject
        var high = 672
        let says: [String]
        var description: String { "\(id) \(options.members.map(\.0))" }
    }

    static let mistakes =
        [
            Mistake(id: "hire", options: ["widths": []], says: ["'widths'", "got 0"]),
            Mistake(id: "hire", options: ["widths": [8, 0]], says: ["'widths'", "[8, 0]"]),
            Mistake(id: "hire", options: ["widths": [8, -4]], says: ["'widths'", "[8, -4]"]),
            Mistake(
                id: "hire", options: ["widths": .array(Array(repeating: 4, count: 64))],
                says: ["'widths'", "got 64"]),
            Mistake(
                id: "hire", options: ["widths": [9_000_000_000_000_000_000]], says: ["'widths'"]),
            Mistake(id: "hire", options: ["bottleneck": -1], says: ["'bottleneck'", "got -1"]),
            Mistake(
                id: "hire", options: ["decoder_widths": [8, 8]],
                says: ["'decoder_widths'", "5", "got 2"]),
            Mistake(
                id: "hire", options: ["widths": [8, 8], "decoder_widths": [8, 0]],
                says: ["'decoder_widths'", "[8, 0]"]),
            Mistake(id: "hire", options: ["finest": 5], says: ["'finest'", "0 to 4", "got 5"]),
            Mistake(id: "hire", options: ["convolutions": 0], says: ["'convolutions'", "got 0"]),
            Mistake(id: "hire", options: ["align": 0], says: ["'align'", "got 0"]),
            Mistake(id: "hire", options: ["grids": "double"], says: ["'grids'", "double"]),
            Mistake(id: "hire", options: ["norm": "layer"], says: ["'norm'", "layer"]),
            Mistake(id: "hire", options: ["upsamplng": "bilinear"], says: ["'upsampling'"]),
            Mistake(id: "hire", options: ["dropout": 1], says: ["'dropout'", "got 1"]),
            Mistake(id: "hire", options: ["key_size": 0], says: ["'key_size'", "got 0"]),
            Mistake(id: "hire", options: ["radius": 16], says: ["'radius'", "got 16"]),
            Mistake(id: "hire", options: ["radius": -1], says: ["'radius'", "got -1"]),
            // 352/16 = 22 rows of guidance for 24 of features.
            Mistake(
                id: "hire", options: [:], high: 336,
                says: ["'widths'", "22x22", "24x24", "doubling", "high_resolution"]),
            Mistake(
                id: "hire",
                options: ["widths": .array(Array(repeating: 4, count: 10)), "grids": "doubling"],
                says: ["'grids'", "24576"]),
            Mistake(
                id: "jbu", options: [:], high: 336, says: ["'stages'", "21x21", "24x24"]),
            Mistake(id: "jbu", options: ["stages": 0], says: ["'stages'", "got 0"]),
            Mistake(
                id: "jbu", options: ["stages": 9_000_000_000_000_000_000], says: ["'stages'"]),
            Mistake(id: "jbu", options: ["finest": -1], says: ["'finest'", "got -1"]),
            Mistake(id: "jbu", options: ["key_sze": 3], says: ["'key_size'"]),
            Mistake(id: "featup", options: ["stages": 11], says: ["'stages'", "got 11"]),
            Mistake(id: "featup", options: ["stages": 10], says: ["'stages'", "24576"]),
            Mistake(
                id: "featup", options: ["final_dropout": -0.1], says: ["'final_dropout'", "-0.1"]),
            Mistake(id: "featup", options: ["fixup_proj": true], says: ["'fixup'"]),
            Mistake(id: "lift", options: ["applications": 0], says: ["'applications'", "got 0"]),
            Mistake(id: "lift", options: ["view": "middle"], says: ["'view'", "middle"]),
            Mistake(id: "s2", options: ["scales": [336, 500]], says: ["'scales'", "336", "500"]),
            Mistake(id: "s2", options: ["scales": [672]], says: ["'scales'", "336"]),
            Mistake(id: "s2", options: ["scales": [336, 336]], says: ["'scales'", "once"]),
            Mistake(id: "s2", options: ["scales": [336, -336]], says: ["'scales'", "-336"]),
            Mistake(
                id: "s2", options: ["scales": [336, 672, 1008]],
                says: ["'scales'", "1008 px", "672 px", "upsample"]),
            Mistake(
                id: "s2", options: ["resize_output_to": 500], says: ["'resize_output_to'", "672"]),
            Mistake(id: "s2", options: ["tiles_at_once": -1], says: ["'tiles_at_once'", "-1"]),
        ]

    @Test(arguments: mistakes) func optionsAreChecked(_ mistake: Mistake) {
        let context = Context(backend: ShapesBackend())
        let text = EnricherSetting.message {
            _ = try EnricherSetting.large.at(mistake.high).make(
                mistake.id, mistake.options, in: context)
        }
        for part in mistake.says { #expect(text.contains(part), "\(text)") }
        #expect(text.contains("'\(mistake.id)'") && text.hasSuffix("."), "\(text)")
    }

    @Test func aKernelMustNotReachOverTheCoarsestMap() {
        let context = Context(backend: ShapesBackend())
        let small = EnricherSetting(name: "small", channels: 4, grid: 2, low: 8, high: 16)
        for (id, options) in [
            ("hire", ["widths": [4, 4, 4], "align": 8, "radius": 4] as JSONObject),
            ("jbu", ["stages": 3, "radius": 4]), ("featup", ["radius": 4]),
        ] {
            let text = EnricherSetting.message { _ = try small.make(id, options, in: context) }
            #expect(text.contains("'radius'") && text.contains("4x4"), "\(id): \(text)")
        }
    }

    @Test func anOddNumberOfChannelsCannotBeHalved() {
        let context = Context(backend: ShapesBackend())
        let odd = EnricherSetting(name: "odd", channels: 7, grid: 4, low: 16, high: 32)
        let text = EnricherSetting.message { _ = try odd.make("lift", in: context) }
        #expect(text.contains("'lift'") && text.contains("got 7"), "\(text)")
    }

    /// A view smaller than the host said would shrink the features at the first stage.
    @Test(arguments: ["hire", "jbu"]) func smallViewsAreRefused(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let setting = EnricherSetting(name: "small", channels: 4, grid: 4, low: 16, high: 64)
        let options: JSONObject =
            id == "hire"
            ? ["widths": [4, 4, 4], "align": 8, "radius": 1] : ["stages": 3, "radius": 1]
        let enricher = try setting.make(id, options, in: context)
        let input = try setting.input(in: context)
        let small = EnricherInput(
            base: input.base,
            image: ImageViews(
                high: try input.image.high.interpolate(to: [8, 8], mode: .area),
                low: input.image.low), encode: input.encode)
        let text = EnricherSetting.message { _ = try enricher(small) }
        #expect(text.contains("at least 4x4") && text.contains("8x8"), "\(text)")
    }

    @Test func viewsThatAreNotSquareAreTakenOrRefused() throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let host = HostShape(
            channels: 4, grid: [6, 4], lowResolution: 16, highResolution: 96, context: context)
        let high = try context.normal(
            [1, 3, 96, 64], mean: 0, deviation: 1, from: context.random.named("tall"))
        let base = try FeatureMap(
            map: context.normal(
                [1, 4, 6, 4], mean: 0, deviation: 1, from: context.random.named("base")))
        let input = EnricherInput(
            base: base, image: ImageViews(high: high, low: high), encode: { _ in base })
        let catalog = try BuiltinPlugins.catalog()
        for (id, options) in [
            ("hire", ["widths": [4, 4], "radius": 1] as JSONObject), ("jbu", ["stages": 2]),
            ("featup", ["stages": 2]), ("lift", [:]), ("bicubic", [:]),
        ] {
            let enricher = try catalog.makeEnricher(PluginChoice(id, options), for: host)
            try enricher.initialize(from: context.random)
            enricher.train(false)
            let output = try enricher(input)
            #expect(output.grid == [6, 4] && output.channels == 8)
        }
        let s2 = try catalog.makeEnricher(
            PluginChoice("s2", ["scales": [16, 32]]), for: host)
        let text = EnricherSetting.message { _ = try s2(input) }
        #expect(text.contains("square") && text.contains("96x64"), "\(text)")
    }

    @Test(arguments: [-5, 1_000_000]) func absurdViewsAreRefused(_ side: Int) throws {
        var recipe = Recipe()
        recipe.enricher = PluginChoice("bicubic")
        recipe.preprocessing = ImagePreprocessing(highResolution: side)
        let catalog = try BuiltinPlugins.catalog()
        let text = EnricherSetting.message {
            _ = try Pipeline(
                recipe, catalog: catalog, corpus: ["a"], in: Context(backend: ShapesBackend()))
        }
        #expect(text.contains("high_resolution") && text.contains("\(side)"), "\(text)")
    }
}
