import Builtin
import HireArray
import HireFiles
import HireImaging
import HireTensor
import HireVLM
import Testing

/// Which token stands where: pixels are their own coordinates, so every number is known.
@Suite struct CropOrderTests {
    let bench = CropBench()

    /// Mean coordinates of patch (row, column) of crop (down, across), all counted from 0.
    private func patch(_ down: Int, _ across: Int, _ row: Double, _ column: Double, _ size: Double)
        -> [Double]
    {
        let middle = (size - 1) / 2
        return [
            Double(8 * down) + row * size + middle, Double(8 * across) + column * size + middle,
        ]
    }

    @Test func flatIsCropByCropRowByRow() throws {
        let enricher = try bench.enricher("anyres")
        #expect(enricher.outputTokens == 16 + 4 * 16 && enricher.outputGrid == [4, 4])
        let output = try enricher(bench.input(bench.positions(2)))
        #expect(output.tokenCount == enricher.outputTokens && output.prefix == nil)
        let values = try #require(output.suffix).array.doubles()
        var place = 0
        for picture in 0..<2 {
            for down in 0..<2 {
                for across in 0..<2 {
                    for row in 0..<4 {
                        for column in 0..<4 {
                            let wanted = patch(down, across, Double(row), Double(column), 2)
                            #expect(Array(values[place..<(place + 2)]) == wanted)
                            #expect(values[place + 2] == Double(picture))
                            place += 3
                        }
                    }
                }
            }
        }
        #expect(place == values.count)
        let base = try bench.input(bench.positions(2)).base
        #expect(try output.tokens().floats() == base.tokens().floats())
    }

    @Test func spatialIsRowByRowOfTheWholeWithSeparatorsAtTheEnds() throws {
        let plain = try bench.enricher("anyres", ["merge": "spatial", "crop_tokens": 4])
        #expect(plain.outputTokens == 16 + 16)
        let values = try #require(plain(bench.input(bench.positions(1))).suffix).array.doubles()
        for row in 0..<4 {
            for column in 0..<4 {
                let place = 3 * (4 * row + column)
                #expect(
                    Array(values[place..<(place + 2)])
                        == patch(row / 2, column / 2, Double(row % 2), Double(column % 2), 4))
            }
        }
        let separated = try bench.enricher(
            "anyres", ["merge": "spatial", "crop_tokens": 4, "separator": true])
        #expect(separated.outputTokens == 16 + 4 * 5)
        let tokens = try #require(separated(bench.input(bench.positions(1))).suffix)
            .reshape([4, 5, 3])
        #expect(try tokens.slice(1, 0, 4).reshape([1, 16, 3]).array.doubles() == values)
        let embedding = try #require(separated.parameters().first).parameter.tensor.floats()
        for row in 0..<4 {
            #expect(try tokens.slice(0, row, row + 1).slice(1, 4).floats() == embedding)
        }
    }

    @Test func separatorsFollowTheWholePictureAndEachCrop() throws {
        let enricher = try bench.enricher("anyres", ["crop_tokens": 1, "separator": true])
        #expect(enricher.outputTokens == 16 + 1 + 4 * 2)
        #expect(enricher.parameters().map(\.path) == ["separator.embedding"])
        let suffix = try #require(enricher(bench.input(bench.positions(1))).suffix)
        let embedding = try #require(enricher.parameters().first).parameter.tensor.floats()
        for place in stride(from: 0, to: 9, by: 2) {
            #expect(try suffix.slice(1, place, place + 1).floats() == embedding)
        }
        #expect(
            try suffix.slice(1, 1, nil, step: 2).floats() == [
                3.5, 3.5, 0, 3.5, 11.5, 0, 11.5, 3.5, 0, 11.5, 11.5, 0,
            ])
    }

    @Test func dragonflyGoesFromTheWholeToTheFine() throws {
        var bench = self.bench
        (bench.highResolution, bench.prefix) = (48, 2)
        let enricher = try bench.enricher("dragonfly")
        // The whole picture keeps all tokens; a crop is its class token and one averaged square.
        #expect(enricher.outputTokens == 2 + 16 + 40 * 2)
        let output = try enricher(bench.input(bench.positions(1)))
        #expect(try output.prefix?.slice(1, 1).floats() == [7, 7, 7])
        let tokens = try #require(output.suffix).reshape([40, 2, 3]).array.doubles()
        // At middle magnification a view of 48 px is shrunk to 16: pixel k is at 3 k + 1.
        for index in 0..<4 {
            let (down, across) = (Double(index / 2), Double(index % 2))
            let wanted = [24 * down + 11.5, 24 * across + 11.5, 0]
            for token in 0..<2 {
                let start = 6 * index + 3 * token
                for (got, want) in zip(tokens[start..<(start + 3)], wanted) {
                    #expect(abs(got - want) < 1e-4)
                }
            }
        }
        for index in 0..<36 {
            let wanted = [8 * Double(index / 6) + 3.5, 8 * Double(index % 6) + 3.5, 0]
            let start = 6 * (4 + index)
            #expect(Array(tokens[start..<(start + 6)]) == wanted + wanted)
        }
    }

    @Test func publishedTokenCountsAndPasses() throws {
        // ViT-L/14 at 336 px, 24x24 patches and a class token; 2 and 1 as in the public code.
        let large = HostShape(
            channels: 1024, grid: [24, 24], prefixTokens: 1, lowResolution: 336,
            highResolution: 336, context: bench.context)
        func tokens(_ options: PluginChoice, _ host: HostShape) throws -> Int {
            try BuiltinPlugins.catalog().makeEnricher(options, for: host).outputTokens
        }
        #expect(try tokens(PluginChoice("dragonfly"), large) == 577 + 40 * 37)
        #expect(try tokens(PluginChoice("dragonfly", ["separator": true]), large) == 578 + 40 * 38)
        let base = HostShape(
            channels: 768, grid: [7, 7], prefixTokens: 1, lowResolution: 224, highResolution: 224,
            context: bench.context)
        #expect(try tokens(PluginChoice("dragonfly", ["version": 1]), base) == 5 * 50 + 12 * 50)
        let patches = HostShape(
            channels: 1024, grid: [24, 24], lowResolution: 336, highResolution: 672,
            context: bench.context)
        #expect(try tokens(PluginChoice("anyres"), patches) == 2880)
        // 2,880 down to 2,000: 4 crops of 18x18.
        #expect(
            try tokens(PluginChoice("anyres", ["token_budget": 2000]), patches) == 576 + 4 * 324)
        #expect(
            try tokens(PluginChoice("anyres", ["token_budget": 1152]), patches) == 576 + 4 * 144)
        #expect(
            try tokens(PluginChoice("anyres", ["token_budget": 1151]), patches) == 576 + 4 * 121)
    }

    @Test(arguments: ["anyres", "dragonfly"]) func chunksAndCompanyChangeNoBit(_ id: String) throws
    {
        var bench = self.bench
        (bench.highResolution, bench.prefix) = (16, 1)
        let pictures = try [bench.picture(40, 33), bench.picture(9, 61), bench.picture(70, 12)]
        let views = try bench.host.preprocessing.views(of: pictures, in: bench.context)
        var options: [JSONObject] = [["candidates": [[2, 2], [4, 1], [1, 4]]]]
        if id == "dragonfly" { options = [["version": 1], ["version": 2]] }
        for option in options {
            var results: [[Float]] = []
            for atOnce in [1, 3, 8, 1000] {
                var option = option
                option["crops_at_once"] = .integer(Int64(atOnce))
                let enricher = try bench.enricher(id, option)
                var largest = 0
                let output = try enricher(
                    bench.input(
                        views.high, pictures: pictures,
                        encode: {
                            largest = max(largest, $0.shape[0])
                            return try bench.encode($0)
                        }))
                #expect(atOnce == 1000 ? largest <= 108 : largest == atOnce)
                results.append(try output.sequence().floats())
            }
            #expect(results.allSatisfy { $0 == results[0] })
            let enricher = try bench.enricher(id, option)
            let alone = try pictures.map { picture in
                let views = try bench.host.preprocessing.views(of: [picture], in: bench.context)
                return try enricher(bench.input(views.high, pictures: [picture])).sequence()
                    .floats()
            }
            #expect(alone.flatMap { $0 } == results[0])
            #expect(Set(alone).count == 3)
        }
    }
}
