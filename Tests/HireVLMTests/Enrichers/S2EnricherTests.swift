import HireArray
import HireCPU
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Scaling on scales against an encoder that averages, for which tiles can be left out.
@Suite struct S2EnricherTests {
    private let context = Context(backend: CPUBackend(threads: 1))
    private let setting = EnricherSetting(
        name: "averages", channels: 3, grid: 4, low: 16, high: 48)

    private func expected(_ high: Tensor, _ scales: [Int], grid: Int) throws -> Tensor {
        try Tensor.concat(
            scales.map { scale in
                let picture = try high.interpolate(to: [scale, scale], mode: .bicubic)
                let own = try picture.adaptiveAvgPool2d([scale / 4, scale / 4])
                return try own.interpolate(to: [grid, grid], mode: .area)
            }, dim: 1)
    }

    /// Two pictures and a count of the encoder's calls.
    private func input(_ note: @escaping (Int) -> Void) throws -> EnricherInput {
        let high = try context.normal(
            [2, 3, 48, 48], mean: 0, deviation: 1, from: context.random.named("two"))
        let low = try high.interpolate(to: [16, 16], mode: .bicubic)
        return EnricherInput(
            base: try FeatureMap(map: low.adaptiveAvgPool2d([4, 4])),
            image: ImageViews(high: high, low: low),
            encode: {
                note($0.shape[0])
                return try FeatureMap(map: $0.adaptiveAvgPool2d([4, 4]))
            })
    }

    @Test(arguments: [(0, [8, 18]), (1, Array(repeating: 2, count: 13)), (4, [8, 8, 8, 2])])
    func tilesAreSeenInChunks(_ atOnce: Int, _ batches: [Int]) throws {
        var seen: [Int] = []
        let input = try input { seen.append($0) }
        let enricher = try setting.make(
            "s2", ["scales": [48, 16, 32], "tiles_at_once": .integer(Int64(atOnce))], in: context)
        let output = try enricher(input).map()
        #expect(seen == batches)
        try expectClose(
            output.array, expected(input.image.high, [16, 32, 48], grid: 4).array, relative: 1e-5,
            absolute: 1e-6)
    }

    @Test func theOutputMayKeepAnotherScalesGrid() throws {
        let input = try input { _ in }
        let enricher = try setting.make(
            "s2", ["scales": [16, 32, 48], "resize_output_to": 32], in: context)
        #expect(enricher.outputGrid == [8, 8])
        let output = try enricher(input)
        #expect(output.grid == [8, 8] && output.channels == 9)
        try expectClose(
            output.map().array, expected(input.image.high, [16, 32, 48], grid: 8).array,
            relative: 1e-5, absolute: 1e-6)
    }

    @Test func nothingIsUpsampledUnlessAsked() throws {
        let tooLarge = EnricherSetting.message {
            _ = try setting.make("s2", ["scales": [16, 64]], in: context)
        }
        #expect(
            tooLarge.contains("64 px") && tooLarge.contains("48 px")
                && tooLarge.contains("high_resolution"), "\(tooLarge)")
        let asked = try setting.make("s2", ["scales": [16, 64], "upsample": true], in: context)
        let input = try input { _ in }
        try expectClose(
            asked(input).map().array, expected(input.image.high, [16, 64], grid: 4).array,
            relative: 1e-5, absolute: 1e-6)
        // A view that is smaller than the host said.
        let enricher = try setting.make("s2", in: context)
        let small = EnricherInput(
            base: input.base, image: ImageViews(high: input.image.low, low: input.image.low),
            encode: input.encode)
        let text = EnricherSetting.message { _ = try enricher(small) }
        #expect(text.contains("48 px") && text.contains("16x16"), "\(text)")
    }
}
