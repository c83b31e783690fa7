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
    static let ids = (try? BuiltinPlugins.catalog())?.list(.enricher).map(\.manifest.id) ?? []
    static let grid = SIMD2(4, 4)
    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    @Test func theCatalogueIsNotEmpty() { #expect(Self.ids.count >= 4) }

    private func made(
        _ id: String, in context: Context, seed: UInt64 = 3
    ) throws -> any Enricher {
        let host = HostShape(
            channels: 8, grid: Self.grid, lowResolution: 16, highResolution: 64, context: context)
        let enricher = try catalog.makeEnricher(SmallOverrides.choice(id), for: host)
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

    @Test(arguments: ids) func keepsItsPromises(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let enricher = try made(id, in: context)
        enricher.train(false)
        let output = try enricher(input(in: context))
        #expect(output.channels == enricher.outputChannels)
        #expect(output.grid == enricher.outputGrid)
        #expect(output.tokenCount == enricher.outputTokens)
        #expect(try output.sequence().floats().allSatisfy { $0.isFinite })
        let again = try made(id, in: context)
        again.train(false)
        #expect(
            try again(input(in: context)).sequence().floats() == output.sequence().floats())
    }

    @Test(arguments: ids) func gradientsReachEveryParameter(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let enricher = try made(id, in: context)
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

    @Test(arguments: ids) func stateRoundTripsBitForBit(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let state = try made(id, in: context).stateDict()
        let other = try made(id, in: context, seed: 4)
        _ = try other.load(state, strict: true)
        for (name, array) in try other.stateDict() {
            #expect(try array.floats() == state[name]?.floats(), "\(name) changed on the way")
        }
    }

    @Test(arguments: ids) func everyPropertyIsInTheScope(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 1))
        let missing = try ModuleConformance.undeclaredProperties(of: made(id, in: context))
        #expect(missing.isEmpty, "\(missing)")
    }

    @Test(arguments: ids) func shapesAgreeWithoutNumbers(_ id: String) throws {
        let context = Context(backend: ShapesBackend())
        let enricher = try made(id, in: context)
        let output = try enricher(input(in: context))
        #expect(output.channels == enricher.outputChannels && output.grid == enricher.outputGrid)
        #expect(output.tokenCount == enricher.outputTokens)
    }

    @Test(arguments: ids) func saysWhatItIs(_ id: String) throws {
        let manifest = try catalog.entry(.enricher, id).manifest
        #expect(manifest.summary.count > 10 && manifest.summary.hasSuffix("."))
        #expect(!manifest.reference.isEmpty)
    }

    /// Pulled and pushed are the same numbers, on the oracle in float64 to rounding.
    @Test(arguments: ids) func pulledEqualsPushed(_ id: String) throws {
        let context = Context(backend: ReferenceBackend(), dtype: .float64)
        guard let enricher = try made(id, in: context) as? any LinearUpsampler else { return }
        enricher.train(false)
        let input = try input(in: context)
        let pushed = try enricher.highResolution(input).pooled(to: enricher.outputGrid)
        let pulled = try input.base.applying(
            enricher.pooledOperator(input), onto: enricher.outputGrid)
        try expectClose(pulled.map().array, pushed.map().array, relative: 1e-6, absolute: 1e-6)
    }
}
