import HireArray
import HireTestSupport
import HireVLM
import Testing

/// Processors of logits against Hugging Face's, element by element.
@Suite struct LogitsProcessorTests {
    struct Case: Sendable {
        let name: String
        let processor: any LogitsProcessor
    }

    static let cases: [Case] = [
        Case(name: "repetition_penalty_1.3", processor: RepetitionPenalty(1.3)),
        Case(name: "repetition_penalty_0.8", processor: RepetitionPenalty(0.8)),
        Case(name: "temperature_0.7", processor: TemperatureScale(0.7)),
        Case(name: "top_k_5", processor: TopK(5)),
        Case(name: "top_k_100", processor: TopK(100)),
        Case(name: "top_k_1_keep_3", processor: TopK(1, keepingAtLeast: 3)),
        Case(name: "top_p_0.9", processor: TopP(0.9)),
        Case(name: "top_p_0.0", processor: TopP(0)),
        Case(name: "top_p_0.1_keep_2", processor: TopP(0.1, keepingAtLeast: 2)),
        Case(name: "min_p_0.2", processor: MinP(0.2)),
        Case(name: "min_p_0.9_keep_3", processor: MinP(0.9, keepingAtLeast: 3)),
        Case(name: "chain", processor: LogitsProcessorList(chain, endCount: 1)),
    ]

    static var chain: GenerationOptions {
        var options = GenerationOptions()
        options.repetitionPenalty = 1.2
        options.temperature = 0.6
        options.topK = 12
        options.topP = 0.85
        options.minP = 0.05
        return options
    }

    @Test(arguments: cases) func equalsHuggingFace(_ item: Case) throws {
        let golden = try GenerationGolden("processors")
        let scores = try golden.arrays.tensor("scores")
        let (rows, size) = (scores.shape[0], scores.shape[1])
        let all = try scores.floats()
        let ids = try golden.ids("ids")
        var result: [Float] = []
        for row in 0..<rows {
            let scores = Array(all[(row * size)..<((row + 1) * size)])
            result += item.processor.processed(
                scores, ids: Array(ids[(row * 12)..<((row + 1) * 12)]))
        }
        try expectClose(
            golden.context.backend.array(result, [rows, size]),
            golden.arrays.tensor("output.\(item.name)"), relative: 2e-7, item.name)
        #expect(result != all || item.name == "top_k_100")
    }

    @Test func greedyOptionsOnlyPenalise() {
        var options = Self.chain
        options.temperature = 0
        #expect(LogitsProcessorList(options, endCount: 1).processors.count == 1)
        #expect(LogitsProcessorList(GenerationOptions(), endCount: 1).processors.isEmpty)
    }

    @Test func beamSamplingKeepsATokenBesideTheEnds() {
        var options = GenerationOptions()
        options.temperature = 1
        options.topK = 1
        let scores: [Float] = [4, 3, 2, 1]
        func kept(_ endCount: Int) -> Int {
            LogitsProcessorList(options, endCount: endCount).processed(scores).filter(\.isFinite)
                .count
        }
        #expect(kept(2) == 1)
        options.beams = 2
        #expect(kept(2) == 3)
    }
}
