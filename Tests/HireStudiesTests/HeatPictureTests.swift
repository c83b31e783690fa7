import HireArray
import HireImaging
import HireReference
import HireStudies
import HireTensor
import Testing

@Suite("Numbers of feature maps as pictures")
struct HeatPictureTests {
    private let context = Context(backend: ReferenceBackend())

    /// Channels (0, 1, 2, 3) and (4, 3, 2, 1) on a grid of 2x2.
    private func map() throws -> Tensor {
        try context.tensor([Float]([0, 1, 2, 3, 4, 3, 2, 1]), [1, 2, 2, 2])
    }

    private func near(_ got: [Double], _ expected: [Double]) -> Bool {
        got.count == expected.count && zip(got, expected).allSatisfy { abs($0 - $1) < 1e-12 }
    }

    @Test func similarityIsTheCosine() throws {
        let found = try FeatureComparison.similarity(map(), to: SIMD2(1, 0))
        let half = 0.5.squareRoot()
        #expect(near(found, [half, 4 / 10.0.squareRoot() * half, 1, 4 / 10.0.squareRoot() * half]))
        let zeros = try FeatureComparison.similarity(context.zeros([1, 2, 2, 2]), to: SIMD2(0, 0))
        #expect(zeros == [0, 0, 0, 0])
    }

    @Test func differencesHaveLengthsAndSigns() throws {
        let (first, second) = (try map(), try map().scaled(by: 2))
        #expect(
            near(
                try FeatureComparison.norms(second, less: first),
                [4, 10.0.squareRoot(), 8.0.squareRoot(), 10.0.squareRoot()]))
        #expect(near(try FeatureComparison.channel(first, 0, less: second), [0, -1, -2, -3]))
        #expect(throws: ArrayError.self) {
            _ = try FeatureComparison.norms(second, less: context.zeros([1, 3, 2, 2]))
        }
        #expect(throws: ArrayError.self) { _ = try FeatureComparison.channel(first, 2) }
    }

    @Test func attentionIsAveragedOverHeadsAndQueries() throws {
        // Two heads, two queries, three keys, of which the last two are the grid.
        let weights = try context.tensor(
            [Float]([0, 0.25, 0.75, 1, 0, 0, 0.5, 0.5, 0, 0.5, 0.25, 0.25]), [1, 2, 2, 3])
        let all = try FeatureComparison.attention(weights, head: nil, queries: [], keys: 1..<3)
        #expect(near(all, [1 / 4.0, 1 / 4.0]))
        let one = try FeatureComparison.attention(weights, head: 0, queries: [0], keys: 1..<3)
        #expect(near(one, [0.25, 0.75]))
    }

    @Test func coloursLieOverThePicture() throws {
        var heat = HeatPicture([0, 1, 1, 0], grid: SIMD2(2, 2), .gray)
        heat.side = 8
        let plain = try heat.image()
        #expect(plain.width == 8 && plain.height == 8)
        #expect(plain[0, 0] == .black && plain[7, 0] == .white && plain[3, 3] == .black)
        heat.picture = try Image(width: 4, height: 4, fill: Color(200, 100, 0))
        heat.opacity = 0.5
        let over = try heat.image()
        #expect(over.width == 8)
        #expect(over[0, 0] == Color(100, 50, 0))
        #expect(over[7, 0] == Color(228, 178, 128))
        heat.opacity = 0
        #expect(try heat.image()[7, 0] == Color(200, 100, 0))
    }

    @Test func smoothNumbersAreBlended() throws {
        var heat = HeatPicture([0, 1], grid: SIMD2(1, 2), .gray)
        heat.side = 8
        heat.isSmooth = true
        let row = try (0..<8).map { try Int(heat.image()[$0, 0].red) }
        #expect(row.first == 0 && row.last == 255)
        #expect(zip(row, row.dropFirst()).allSatisfy { $0 <= $1 })
        #expect(Set(row).count > 3)
    }

    @Test func marksAndBarsAreDrawn() throws {
        var heat = HeatPicture([0, 1, 2, 3], grid: SIMD2(2, 2), .gray)
        heat.side = 64
        let before = try heat.image()
        heat.marks = [SIMD2(0, 1)]
        let after = try heat.image()
        #expect(before[0, 63] == after[0, 63])
        #expect(after[32, 0] == .white && after[33, 31] == .white)
        #expect(try heat.imageWithBar().width > 64)
        heat.side = 0
        #expect(throws: ImageError.self) { _ = try heat.image() }
    }

    @Test func notANumberIsGray() throws {
        var heat = HeatPicture([.nan, 1, 2, 3], grid: SIMD2(2, 2), .viridis)
        heat.side = 8
        #expect(try heat.image()[0, 0] == .gray(190))
        #expect(heat.range == 1...3)
    }
}
