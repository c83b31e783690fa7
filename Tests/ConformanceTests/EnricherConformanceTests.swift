import Builtin
import HireArray
import HireCPU
import HireFiles
import HireImaging
import HireNN
import HireReference
import HireShapes
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The contract of enrichers, run over every one in the catalogue.
@Suite struct EnricherConformanceTests {
    /// An enricher with its defaults, or with options that take other roads through its code.
    struct Variant: Sendable, CustomStringConvertible {
        let id: String
        var options: JSONObject = [:]
        var description: String {
            ([id] + options.members.map { "\($0.0)" }).joined(separator: " ")
        }
    }

    static let ids = (try? BuiltinPlugins.catalog())?.list(.enricher).map(\.manifest.id) ?? []
    static let variants =
        ids.map { Variant(id: $0) } + [
            Variant(
                id: "hire",
                options: [
                    "widths": [6, 8], "bottleneck": 8, "convolutions": 1, "norm": "none",
                    "upsampling": "transposed", "key_size": 8,
                ]),
            Variant(
                id: "hire",
                options: [
                    "widths": [6, 8, 10], "bottleneck": 0, "convolutions": 1, "norm": "none",
                    "upsampling": "projected", "align": 1, "radius": 2,
                ]),
            Variant(
                id: "hire",
                options: ["widths": [6, 8, 8], "grids": "doubling", "radius": 1, "fixup": false]),
            Variant(
                id: "hire",
                options: ["widths": [6, 8], "decoder_widths": [5, 9], "finest": 1, "align": 48]),
            Variant(id: "jbu", options: ["stages": 2, "grids": "doubling", "fixup": false]),
            Variant(id: "featup", options: ["stages": 2, "final_fixup": false, "radius": 2]),
            Variant(id: "lift", options: ["view": "high", "applications": 2]),
            Variant(
                id: "s2",
                options: [
                    "scales": [16, 32, 64], "tiles_at_once": 3, "resize_output_to": 32,
                ]),
        ]
    static let grid = SIMD2(4, 4)
    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    @Test func theCatalogueIsNotEmpty() { #expect(Self.ids.count >= 4) }

    private func made(
        _ variant: Variant, in context: Context, seed: UInt64 = 3
    ) throws -> any Enricher {
        let host = HostShape(
            channels: 8, grid: Self.grid, lowResolution: 16, highResolution: 64, context: context)
        var choice = SmallOverrides.choice(variant.id)
        for (key, value) in variant.options.members { choice.configuration[key] = value }
        let enricher = try catalog.makeEnricher(choice, for: host)
        try enricher.initialize(from: RandomSource(seed: seed))
        return enricher
    }

    private func input(in context: Context) throws -> EnricherInput {
        let random = RandomSource(seed: 11)
        let high = try context.normal(
            [2, 3, 64, 64], mean: 0, deviation: 1, from: random.named("high"))
        let low = try high.interpolate(to: [16, 16], mode: .bicubic)
        let base = try context.normal(
            [2, 16, 8], mean: 0, deviation: 1, from: random.named("base"))
        return try EnricherInput(
            base: try FeatureMap(tokens: base, grid: Self.grid),
            image: ImageViews(
                high: high, low: low,
                pictures: [Image(width: 40, height: 30), Image(width: 16, height: 60)]),
            // As many maps as there are pictures: an enricher may look at several tiles at once.
            encode: { pictures in
                let count = pictures.shape[0]
                let copies = try Tensor.concat(
                    Array(repeating: base, count: (count + 1) / 2), dim: 0)
                return try FeatureMap(tokens: copies.slice(0, 0, count), grid: Self.grid)
            },
            project: { try $0.sequence() })
    }

    @Test(arguments: variants) func keepsItsPromises(_ variant: Variant) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let enricher = try made(variant, in: context)
        enricher.train(false)
        let output = try enricher(input(in: context))
        #expect(output.channels == enricher.outputChannels)
        #expect(output.grid == enricher.outputGrid)
        #expect(output.tokenCount == enricher.outputTokens)
        #expect(try output.sequence().floats().allSatisfy { $0.isFinite })
        let again = try made(variant, in: context)
        again.train(false)
        #expect(
            try again(input(in: context)).sequence().floats() == output.sequence().floats())
    }

    @Test(arguments: variants) func gradientsReachEveryParameter(_ variant: Variant) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let enricher = try made(variant, in: context)
        enricher.train(true)
        let output = try enricher(input(in: context)).sequence()
        guard !enricher.parameters().isEmpty else { return }
        let weights = try context.normal(
            output.shape, mean: 0, deviation: 1, from: RandomSource(seed: 5))
        try (output * weights).sum().backward()
        for (path, parameter) in enricher.parameters() {
            let gradient = try #require(parameter.gradient, "\(path) received no gradient")
            let values = try gradient.floats()
            #expect(
                values.allSatisfy { $0.isFinite }, "\(path) received a gradient that is not finite")
            #expect(values.contains { $0 != 0 }, "\(path) received zeros only")
        }
    }

    @Test(arguments: variants) func stateRoundTripsBitForBit(_ variant: Variant) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let state = try made(variant, in: context).stateDict()
        let other = try made(variant, in: context, seed: 4)
        _ = try other.load(state, strict: true)
        for (name, array) in try other.stateDict() {
            #expect(try array.floats() == state[name]?.floats(), "\(name) changed on the way")
        }
    }

    @Test(arguments: variants) func everyPropertyIsInTheScope(_ variant: Variant) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let missing = try ModuleConformance.undeclaredProperties(of: made(variant, in: context))
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test(arguments: variants) func shapesAgreeWithoutNumbers(_ variant: Variant) throws {
        let context = Context(backend: ShapesBackend())
        let enricher = try made(variant, in: context)
        let output = try enricher(input(in: context))
        #expect(output.channels == enricher.outputChannels && output.grid == enricher.outputGrid)
        #expect(output.tokenCount == enricher.outputTokens)
    }

    @Test(arguments: ids) func saysWhatItIs(_ id: String) throws {
        let entry = try catalog.entry(.enricher, id)
        let manifest = entry.manifest
        #expect(manifest.summary.count > 10 && manifest.summary.hasSuffix("."))
        #expect(!manifest.reference.isEmpty)
        // Who explains options explains them all, and none that is not there.
        #expect(entry.notes.isEmpty || Set(entry.notes.keys) == Set(entry.defaults.keys))
    }

    /// Pulled and pushed are the same numbers, on the oracle in float64 to rounding.
    @Test(arguments: variants) func pulledEqualsPushed(_ variant: Variant) throws {
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        guard let enricher = try made(variant, in: context) as? any LinearUpsampler else { return }
        enricher.train(false)
        let input = try input(in: context)
        let pushed = try enricher.highResolution(input).pooled(to: enricher.outputGrid)
        let pulled = try enricher.pooledFeatures(input)
        try expectClose(pulled.map().array, pushed.map().array, relative: 1e-6, absolute: 1e-6)
    }
}
