import Builtin
import HireArray
import HireCPU
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// The pushed form in parts, over every linear upsampler in the catalogue.
@Suite struct PushedFormTests {
    static let ids = EnricherConformanceTests.ids
    static let grid = SIMD2(4, 4)
    let catalog: PluginCatalog

    init() throws { catalog = try BuiltinPlugins.catalog() }

    private func made(
        _ id: String, in context: Context
    ) throws -> (any LinearUpsampler, EnricherInput)? {
        let host = HostShape(
            channels: 10, grid: Self.grid, lowResolution: 16, highResolution: 64, context: context)
        let enricher = try catalog.makeEnricher(SmallOverrides.choice(id), for: host)
        try enricher.initialize(from: RandomSource(seed: 3))
        enricher.train(false)
        guard let upsampler = enricher as? any LinearUpsampler else { return nil }
        let random = RandomSource(seed: 12)
        let high = try context.normal(
            [2, 3, 64, 64], mean: 0, deviation: 1, from: random.named("high"))
        let base = try context.normal(
            [2, 16, 10], mean: 1, deviation: 1, from: random.named("base"))
        let input = EnricherInput(
            base: try FeatureMap(tokens: base, grid: Self.grid),
            image: ImageViews(
                high: high, low: try high.interpolate(to: [16, 16], mode: .bicubic)),
            encode: { _ in throw ArrayError.noValues(operation: "encode") })
        return (upsampler, input)
    }

    @Test(arguments: ids, ["cpu", "reference"])
    func tilesAreTheWholeMapBitForBit(_ id: String, _ computer: String) throws {
        let backend: any Backend =
            computer == "cpu" ? CPUBackend(threads: 2) : ReferenceBackend()
        let context = Context(backend: backend)
        guard let (upsampler, input) = try made(id, in: context) else { return }
        let whole = try upsampler.highResolution(input, HighResolutionPart())
        try expectClose(
            whole.array, upsampler.highResolution(input).map().array, relative: 1e-6,
            absolute: 1e-6)
        // The kernels are made once here; without an operator every part costs a whole map.
        let (features, pushed) = (try input.base.map(), try upsampler.pushedOperator(input))
        let sizes = [(64, 64), (16, 64), (7, 13), (1, 1), (64, 5)]
        for (height, width) in pushed == nil ? [(7, 13)] : sizes {
            var places = [(0, 0), (64 - height, 64 - width), ((64 - height) / 2, 3)]
            if width == 64 {
                places += stride(from: 0, through: 64 - height, by: height).map { ($0, 0) }
            }
            for (top, left) in places where left + width <= 64 {
                let region = MapRegion(
                    rows: top..<top + height, columns: left..<left + width)
                let part =
                    try pushed?(features, region: region)
                    ?? upsampler.highResolution(input, HighResolutionPart(region: region))
                let cut = try whole.slice(2, top, top + height).slice(3, left, left + width)
                #expect(part.shape == cut.shape)
                #expect(try part.floats() == cut.floats(), "\(height)x\(width) at \(top), \(left)")
            }
        }
    }

    @Test(arguments: ids) func channelsAndDirectionsCommuteWithUpsampling(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 2))
        guard let (upsampler, input) = try made(id, in: context) else { return }
        let whole = try upsampler.highResolution(input, HighResolutionPart())
        let region = MapRegion(rows: 5..<30, columns: 40..<64)
        let chosen = try upsampler.highResolution(
            input, HighResolutionPart(region: region, channels: [8, 0, 3]))
        let cut = try whole.slice(2, 5, 30).slice(3, 40, 64)
        for (place, channel) in [8, 0, 3].enumerated() {
            #expect(
                try chosen.slice(1, place, place + 1).floats()
                    == cut.slice(1, channel, channel + 1).floats())
        }
        let numbers = values(20, seed: 4)
        let projection = FeatureProjection(
            directions: [Array(numbers[0..<10]), Array(numbers[10..<20])], mean: values(10, seed: 5)
        )
        let before = try upsampler.highResolution(
            input, HighResolutionPart(region: region, projection: projection))
        try expectClose(
            before.array, projection(cut).array, relative: 1e-5, absolute: 1e-5)
        #expect(throws: ArrayError.self) {
            _ = try upsampler.highResolution(input, HighResolutionPart(channels: [10]))
        }
        #expect(throws: ArrayError.self) {
            _ = try upsampler.highResolution(
                input,
                HighResolutionPart(region: MapRegion(rows: 60..<65, columns: 0..<4)))
        }
    }

    @Test(arguments: ids) func poolingThePushedFormGivesThePulledOne(_ id: String) throws {
        let context = Context(backend: CPUBackend(threads: 2))
        guard let (upsampler, input) = try made(id, in: context) else { return }
        // Where channels mix behind the upsampling, the whole map is the reference; see the enrichers' contract.
        guard try upsampler.pushedOperator(input) != nil else { return }
        let pushed = try FeatureMap(
            map: upsampler.highResolution(input, HighResolutionPart())
        ).pooled(to: upsampler.outputGrid)
        let pulled = try input.base.applying(
            upsampler.pooledOperator(input), onto: upsampler.outputGrid)
        #expect(try relativeError(pushed.map(), pulled.map()) <= 1e-5)
    }

    /// A stack over grids that are not squares, nor doublings, nor finer than the source.
    @Test func anyGridsTile() throws {
        let context = Context(backend: CPUBackend(threads: 2))
        let random = RandomSource(seed: 9)
        let grids = [SIMD2(9, 7), SIMD2(9, 20), SIMD2(23, 31)]
        let kernels = try grids.map { grid in
            try context.normal(
                [1, 25, grid.x, grid.y], mean: 0.04, deviation: 0.1,
                from: random.named("\(grid)"))
        }
        let pushed = PushedOperator(
            source: SIMD2(5, 8), grids: grids, radii: [2, 2, 2], kernels: kernels)
        let features = try context.normal(
            [1, 5, 5, 8], mean: 0, deviation: 1, from: random.named("features"))
        var map = features
        for (grid, kernel) in zip(grids, kernels) {
            map = try map.interpolate(to: grid, mode: .bicubic)
                .pad2d(2, 2, 2, 2, mode: .reflect).adaptiveConv(kernel, radius: 2)
        }
        let whole = try pushed(features)
        try expectClose(whole.array, map.array, relative: 1e-5, absolute: 1e-5)
        for row in stride(from: 0, to: 23, by: 6) {
            for column in stride(from: 0, to: 31, by: 11) {
                let region = MapRegion(
                    rows: row..<min(row + 6, 23), columns: column..<min(column + 11, 31))
                let cut = try whole.slice(2, region.rows.lowerBound, region.rows.upperBound)
                    .slice(3, region.columns.lowerBound, region.columns.upperBound)
                #expect(try pushed(features, region: region).floats() == cut.floats())
            }
        }
        #expect(throws: ArrayError.self) { _ = try pushed(context.zeros([1, 5, 8, 5])) }
    }

    /// A tile of many channels takes its own memory and halos, not the map's.
    @Test func memoryIsTheTiles() throws {
        let backend = CPUBackend(threads: 1)
        let context = Context(backend: backend)
        let random = RandomSource(seed: 2)
        let kernel = try context.normal(
            [1, 49, 256, 256], mean: 0.02, deviation: 0.1, from: random.named("kernel"))
        let pushed = PushedOperator(
            source: SIMD2(16, 16), grids: [SIMD2(256, 256)], radii: [3], kernels: [kernel])
        let features = try context.normal(
            [1, 64, 16, 16], mean: 0, deviation: 1, from: random.named("features"))
        let before = backend.ledger.resetPeak()
        try context.withoutGradients {
            _ = try pushed(features, region: MapRegion(rows: 100..<116, columns: 0..<256))
        }
        let tile = 4 * 64 * 16 * 256
        // The tile, its padded source, its kernels and the small source: far from 64 x 256 x 256.
        #expect(backend.ledger.peakBytes - before < 4 * tile)
        #expect(4 * tile < 4 * 64 * 256 * 256 / 3)
    }
}
