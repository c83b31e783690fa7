import HireArray
import HireReference
import HireShapes
import HireTensor
import HireVLM
import Testing

@testable import MultiCropEnricher

/// Version 1's choice among crops at high magnification.
@Suite struct ZoomSelectionTests {
    let context = Context(backend: ReferenceBackend())

    /// Queries of one number each and four middle crops of 1: a crop's score is its number.
    private func chosen(_ scores: [Float], top: Int = 3) throws -> [[Int]] {
        try ZoomSelection(top: top).places(
            middle: context.ones([scores.count / 24, 4, 1]),
            high: context.tensor(scores, [scores.count / 24, 24, 1]))
    }

    @Test func eachRunOfSixGivesItsBest() throws {
        let scores = (0..<24).map { Float(($0 * 7) % 24) }
        // Runs: 0 7 14 21 4 11 | 18 1 8 15 22 5 | 12 19 2 9 16 23 | 6 13 20 3 10 17.
        #expect(try chosen(scores) == [[2, 3, 5, 6, 9, 10, 13, 16, 17, 19, 20, 23]])
        #expect(try chosen(scores, top: 1) == [[3, 10, 17, 20]])
        #expect(try chosen(scores, top: 6) == [Array(0..<24)])
        let second = scores.map { -$0 }
        #expect(
            try chosen(scores + second)[1] == [0, 1, 4, 7, 8, 11, 12, 14, 15, 18, 21, 22])
    }

    @Test func equalsGoToTheLowerPlaceAndNaNGoesLast() throws {
        #expect(
            try chosen([Float](repeating: 5, count: 24)) == [
                [0, 1, 2, 6, 7, 8, 12, 13, 14, 18, 19, 20]
            ])
        var scores = [Float](repeating: 1, count: 24)
        (scores[0], scores[1], scores[2], scores[5]) = (.nan, .nan, .nan, 2)
        #expect(try chosen(scores)[0].prefix(3) == [3, 4, 5])
    }

    /// A crop's score is its product with its own run's middle crop and no other.
    @Test func runsAreComparedWithTheirOwnMiddleCrop() throws {
        let middle = try context.tensor([1, 0, -1, 0, 0, 1, 0, -1] as [Float], [1, 4, 2])
        let high = try context.tensor(
            (0..<24).flatMap { [Float($0 % 6), Float(($0 % 6) * 10)] }, [1, 24, 2])
        #expect(
            try ZoomSelection(top: 2).places(middle: middle, high: high) == [
                [4, 5, 6, 7, 16, 17, 18, 19]
            ])
    }

    @Test func shapesAloneHaveAChoiceToo() throws {
        let shapes = Context(backend: ShapesBackend())
        let places = try ZoomSelection(top: 3).places(
            middle: shapes.ones([2, 4, 5]), high: shapes.ones([2, 24, 5]))
        #expect(places == Array(repeating: [0, 1, 2, 6, 7, 8, 12, 13, 14, 18, 19, 20], count: 2))
    }

    @Test func gradientsReachTheChosenTokensOnly() throws {
        let leaf = Tensor.variable(try context.ones([2, 24, 3, 2]).array, in: context)
        let places = [[0, 1, 2], [5, 6, 7]]
        let kept = try ZoomSelection(top: 3).kept(leaf, at: places)
        #expect(kept.shape == [2, 3, 3, 2])
        try kept.sum().backward()
        let gradient = try #require(leaf.gradient).floats()
        for picture in 0..<2 {
            for crop in 0..<24 {
                let start = (picture * 24 + crop) * 6
                let wanted: Float = places[picture].contains(crop) ? 1 : 0
                #expect(gradient[start..<(start + 6)].allSatisfy { $0 == wanted })
            }
        }
    }

    /// The enricher's own road: what was scored has no history, what was chosen has.
    @Test func versionOneKeepsTheBestAndTheirGradients() throws {
        var bench = CropBench(context)
        (bench.prefix, bench.highResolution) = (1, 48)
        let enricher = try bench.enricher("dragonfly", ["version": 1])
        #expect(enricher.outputTokens == 17 + 16 * 17)
        var seen: [Int] = []
        let high = Tensor.variable(try bench.positions(1).array, in: context)
        let input = try bench.input(
            high,
            project: {
                seen.append($0.batch)
                #expect($0.tokenCount == 17)
                return try $0.sequence()
            })
        let output = try enricher(input)
        // Scores grow with row plus column, so the last of each run win: columns 3, 4 and 5 of each of 4 rows of 6.
        let tokens = try #require(output.suffix).reshape([16, 17, 3]).at(dim: 1, index: 0)
            .array.doubles()
        for index in 0..<12 {
            let column = 3 * (4 + index) + 1
            #expect(abs(tokens[column] - (8 * Double(3 + index % 3) + 3.5)) < 1e-4)
        }
        #expect(seen.reduce(0, +) == 28)
        try output.sequence().sum().backward()
        #expect(try #require(high.gradient).floats().contains { $0 != 0 })
    }
}
