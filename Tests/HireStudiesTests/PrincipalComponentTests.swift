import HireArray
import HireReference
import HireStudies
import HireTensor
import Testing

@Suite("Principal components")
struct PrincipalComponentTests {
    /// Rows mean + a * 3 * u + b * 2 * v + c * w for (a, b, c) in {-1, 1}^3: exact variances 9, 4, 1 times 8/7.
    private let directions: [[Double]] = [
        [0.5, 0.5, 0.5, 0.5], [0.5, -0.5, 0.5, -0.5], [0.5, 0.5, -0.5, -0.5],
    ]

    private var rows: [Float] {
        var rows: [Float] = []
        for corner in 0..<8 {
            let signs = [3.0, 2.0, 1.0].enumerated().map { index, length in
                (corner >> index) & 1 == 0 ? length : -length
            }
            for column in 0..<4 {
                var value = Double(column)
                for (sign, direction) in zip(signs, directions) {
                    value += sign * direction[column]
                }
                rows.append(Float(value))
            }
        }
        return rows
    }

    @Test("Known directions, variances and signs are found")
    func known() {
        let found = PrincipalComponents(rows: rows, width: 4, count: 3)
        #expect(found.mean == [0, 1, 2, 3])
        for (component, expected) in [9.0, 4.0, 1.0].enumerated() {
            #expect(abs(found.variances[component] - expected * 8 / 7) < 1e-10)
            let dot = zip(found.directions[component], directions[component]).reduce(0) {
                $0 + $1.0 * $1.1
            }
            #expect(abs(abs(dot) - 1) < 1e-10)
        }
        for direction in found.directions {
            let strongest = direction.max { abs($0) < abs($1) } ?? 0
            #expect(strongest > 0)
        }
        #expect(PrincipalComponents(rows: rows, width: 4, count: 3) == found)
    }

    @Test("Constant features and few rows do no harm")
    func degenerate() {
        let flat = PrincipalComponents(rows: Array(repeating: 2, count: 30), width: 3, count: 3)
        #expect(flat.variances.allSatisfy { $0 == 0 } && flat.directions.count == 3)
        let one = PrincipalComponents(rows: [1, 2], width: 2, count: 3)
        #expect(one.directions.count == 2)
    }

    @Test("Maps share one basis and one scale")
    func maps() throws {
        let context = Context(backend: ReferenceBackend())
        let random = RandomSource(seed: 5)
        let coarse = try context.normal([1, 6, 4, 4], from: random.named("a"))
        let fine = try coarse.repeatInterleave(2, 2).repeatInterleave(2, 3)
        let pca = try FeaturePCA([coarse, fine])
        let small = try pca.images(coarse)[0]
        let large = try pca.images(fine)[0]
        #expect(large.width == 8 && small.width == 4)
        for y in 0..<8 { for x in 0..<8 { #expect(large[x, y] == small[x / 2, y / 2]) } }
        #expect(throws: ArrayError.self) { _ = try pca.images(context.zeros([1, 5, 2, 2])) }
        #expect(throws: ArrayError.self) {
            _ = try FeaturePCA([coarse, context.zeros([1, 5, 2, 2])])
        }
    }
    @Test("Coordinates of a basis are those of its pictures, and explain the variance")
    func basis() throws {
        let context = Context(backend: ReferenceBackend())
        let map = try context.normal([2, 4, 5, 5], from: RandomSource(seed: 8))
        let pca = try FeaturePCA([map], count: 4)
        #expect(abs(pca.explained.reduce(0, +) - 1) < 1e-9)
        #expect(zip(pca.explained, pca.explained.dropFirst()).allSatisfy { $0 >= $1 })
        let coordinates = try pca.projection(map)
        #expect(coordinates.shape == [2, 4, 5, 5])
        let (direct, projected) = (
            try pca.images(map), try pca.images(coordinates: coordinates)
        )
        #expect(zip(direct, projected).allSatisfy { $0.pixels == $1.pixels })
        let row = try (0..<4).map { try map.floats()[$0 * 25 + 7] }
        let expected = pca.components.coordinates(row)
        let numbers = try coordinates.floats()
        for component in 0..<4 {
            #expect(abs(Double(numbers[component * 25 + 7]) - expected[component]) < 1e-5)
        }
        #expect(throws: ArrayError.self) { _ = try FeaturePCA([map], count: 0) }
        #expect(throws: ArrayError.self) { _ = try FeaturePCA([map], percentile: .nan) }
    }

    @Test("Features that are not numbers are gray, not the end")
    func notANumber() throws {
        let context = Context(backend: ReferenceBackend())
        let map = try context.full([1, 3, 2, 2], .nan)
        let image = try FeaturePCA([map]).images(map)[0]
        // The middle of the scale, which has no extent here.
        #expect(image.pixels.allSatisfy { (127...128).contains($0) })
    }
}
