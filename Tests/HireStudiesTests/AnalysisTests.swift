import HireArray
import HireNN
import HireReference
import HireStudies
import HireTensor
import HireTestSupport
import Testing

/// Numbers about feature maps against NumPy's (Tests/Goldens/generate/analysis.py).
@Suite("Analysis of feature maps")
struct AnalysisTests {
    private static let names = ["plain", "smooth", "low", "prime", "other", "wide"]
    private let context = Context(backend: ReferenceBackend())
    private let golden: SafetensorsFile

    init() throws {
        golden = try SafetensorsFile.read(
            goldenPath("analysis/maps.safetensors"), backend: context.backend)
    }

    private func map(_ name: String) throws -> Tensor {
        Tensor(try golden.tensor("map.\(name)"), in: context)
    }

    private func expect(
        _ got: [Double], _ name: String, _ tolerance: Double = 1e-9,
        location: SourceLocation = #_sourceLocation
    ) throws {
        let expected = try golden.tensor(name).doubles()
        #expect(got.count == expected.count, "\(name)", sourceLocation: location)
        let largest = expected.reduce(1e-12) { max($0, abs($1)) }
        for (a, b) in zip(got, expected) {
            #expect(
                abs(a - b) <= tolerance * largest, "\(name): \(got) is not \(expected)",
                sourceLocation: location)
        }
    }

    @Test(arguments: names) func norms(_ name: String) throws {
        let found = try FeatureStatistics(map(name))
        try expect(
            [
                found.mean, found.deviation, found.median, found.smallest, found.largest,
                found.outliers,
            ], "norms.\(name)")
    }

    @Test func oneTokenSticksOut() throws {
        #expect(try FeatureStatistics(map("smooth")).outliers == 1 / 84.0)
        #expect(try FeatureStatistics(map("smooth"), factor: 100).outliers == 0)
    }

    @Test(arguments: names) func highFrequencies(_ name: String) throws {
        let found = try [0.25, 0.5, 0.9].map {
            try FeatureSpectrum.highFrequencyShare(map(name), cutoff: $0)
        }
        try expect(found, "high.\(name)")
        #expect(try FeatureSpectrum.highFrequencyShare(context.ones([1, 2, 5, 5])) == 0)
    }

    @Test(arguments: names, [false, true]) func ranks(_ name: String, _ centred: Bool) throws {
        let found = try FeatureRank(map(name), centred: centred)
        let key = centred ? "centred" : "plain"
        try expect([found.effective, Double(found.numeric)], "rank.\(key).\(name)", 1e-6)
        // Gram matrices halve the digits of the smallest singular values.
        try expect(found.singularValues, "singular.\(key).\(name)", 1e-7)
    }

    @Test func agreement() throws {
        try expect(
            FeatureAgreement.cosines(map("plain"), map("other")), "cosine.plain.other")
        for (first, second) in [
            ("plain", "other"), ("plain", "smooth"), ("low", "wide"), ("plain", "plain"),
        ] {
            try expect(
                [FeatureAgreement.linearCKA(map(first), map(second))], "cka.\(first).\(second)")
        }
    }

    @Test func mapsThatDoNotFitAreRefused() throws {
        #expect(throws: ArrayError.self) {
            try FeatureAgreement.cosines(map("plain"), map("smooth"))
        }
        #expect(throws: ArrayError.self) {
            try FeatureAgreement.linearCKA(map("plain"), map("low"))
        }
        #expect(throws: ArrayError.self) { try FeatureRank(context.ones([3, 3])) }
        #expect(throws: ArrayError.self) { try FeatureStatistics(context.zeros([1, 0, 2, 2])) }
    }

    @Test func notANumberIsNotHidden() throws {
        let map = try context.full([1, 2, 3, 3], .nan)
        #expect(try FeatureSpectrum.highFrequencyShare(map).isNaN)
        #expect(try FeatureRank(map).effective.isNaN)
        #expect(try FeatureStatistics(map).mean.isNaN)
        #expect(try FeatureAgreement.linearCKA(map, map).isNaN)
        #expect(try FeatureAgreement.cosines(map, map).allSatisfy { $0.isNaN })
    }

    @Test func zerosHaveNoRank() throws {
        let found = try FeatureRank(context.zeros([1, 4, 3, 3]))
        #expect(found.effective == 0 && found.numeric == 0)
    }
}
