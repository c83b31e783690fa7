import Foundation
import HireReference
import HireTensor
import HireVLM
import Testing

/// Draws of the next token: their distribution and what they depend on.
@Suite struct SamplingTests {
    let context = Context(backend: ReferenceBackend())
    let tokenizer = PieceTokenizer(["<end>", "_a", "_b", "_c", "_d", "_e"])
    static let logits: [Float] = [-1, 0.3, 1.2, 0.9, -0.4, 2]

    private func draws(
        _ count: Int, tokens: Int = 1, numbers: [Int]? = nil,
        _ change: (inout GenerationOptions) -> Void = { _ in }
    ) throws -> [[Int]] {
        let model = try ChainModel(Array(repeating: Self.logits, count: 6), in: context)
        var options = GenerationOptions(maximumTokens: tokens)
        options.temperature = 0.8
        options.seed = 4
        change(&options)
        let generator = try TextGenerator(model, tokenizer, options: options, in: context)
        return try generator.generate(
            model.prompts(Array(repeating: 1, count: count)),
            textIDs: Array(repeating: [], count: count), numbers: numbers
        ).map(\.ids)
    }

    /// Pearson's statistic of counts against probabilities.
    private func chiSquare(_ counts: [Double], _ probabilities: [Double]) -> Double {
        let total = counts.reduce(0, +)
        return zip(counts, probabilities).reduce(0) { sum, pair in
            let expected = total * pair.1
            return sum + (pair.0 - expected) * (pair.0 - expected) / expected
        }
    }

    private func counts(_ ids: [Int]) -> [Double] {
        var result = [Double](repeating: 0, count: 6)
        for id in ids { result[id] += 1 }
        return result
    }

    private func softmax(_ values: [Double]) -> [Double] {
        let weights = values.map { exp($0) }
        return weights.map { $0 / weights.reduce(0, +) }
    }

    /// The limits are exceeded by one fair sampler in a thousand (5 and 2 degrees of freedom).
    @Test func drawsFollowTheProbabilities() throws {
        let wanted = softmax(Self.logits.map { Double($0) / 0.8 })
        let statistic = try chiSquare(counts(draws(6000).flatMap { $0 }), wanted)
        #expect(statistic < 20.5)
        // A test that cannot fail would not: the same counts do not fit another temperature.
        let other = softmax(Self.logits.map { Double($0) / 0.9 })
        #expect(try chiSquare(counts(draws(6000).flatMap { $0 }), other) > 20.5)
    }

    @Test func drawsFollowTheProbabilitiesOverTokens() throws {
        let sequences = try draws(40, tokens: 100) { $0.endIDs = [0] }
        // What follows an end is not drawn, so the first tokens and the later ones are both looked at.
        let ids = sequences.flatMap { $0 }
        #expect(ids.count > 300)
        let wanted = softmax(Self.logits.map { Double($0) / 0.8 })
        #expect(chiSquare(counts(ids), wanted) < 20.5)
    }

    @Test func topKDrawsAmongTheLikeliest() throws {
        let found = try counts(draws(3000) { $0.topK = 3 }.flatMap { $0 })
        #expect(found[0] == 0 && found[1] == 0 && found[4] == 0)
        let wanted = softmax([2, 3, 5].map { Double(Self.logits[$0]) / 0.8 })
        #expect(chiSquare([2, 3, 5].map { found[$0] }, wanted) < 13.8)
    }

    @Test func drawsDependOnSeedQuestionAndTokenOnly() throws {
        let all = try draws(8, tokens: 20) { $0.endIDs = [0] }
        #expect(try draws(8, tokens: 20) { $0.endIDs = [0] } == all)
        #expect(
            try draws(3, tokens: 20, numbers: [6, 2, 7]) { $0.endIDs = [0] }
                == [6, 2, 7].map { all[$0] })
        #expect(Set(all).count > 4)
        #expect(try draws(8, tokens: 20) { $0.seed = 5 } != all)
    }
}
