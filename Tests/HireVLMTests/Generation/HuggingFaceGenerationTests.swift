import HireArray
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Greedy and beam search against `LlamaForCausalLM.generate` on a random tiny Llama.
@Suite struct HuggingFaceGenerationTests {
    let golden: GenerationGolden
    let model: any LanguageModel
    let tokenizer = PieceTokenizer((0..<48).map { "_\($0)" })

    init() throws {
        golden = try GenerationGolden("llama")
        model = try golden.llama()
    }

    @Test func beamSearchFindsTheSameAnswersAndScores() throws {
        var early: Set<Int> = []
        for number in 0..<108 {
            let answer = try expectSame("beam.\(number)")
            let score = try golden.numbers("beam.\(number).score")[0]
            let got = try #require(answer.score)
            #expect(
                abs(got - score) <= 1e-4 * max(1, abs(score)), "case \(number): \(got), \(score)")
            if answer.finish == .end { early.insert(number) }
        }
        // The cases must have been of both kinds for this to mean anything.
        #expect(early.count > 20 && early.count < 88)
    }

    @Test func greedyFindsTheSameIDs() throws {
        for number in 0..<9 { try expectSame("greedy.\(number)") }
    }

    /// Rows of a batch say what they say alone, whichever ends first.
    @Test func batchesAnswerAsRowsAlone() throws {
        let prompts = try [0, 3, 6].map { Array(try golden.ids("greedy.\($0).prompt").prefix(3)) }
        for beams in [1, 3] {
            var options = GenerationOptions(maximumTokens: 14)
            options.endIDs = [5, 17, 40, 1]
            options.beams = beams
            let generator = try TextGenerator(
                model, tokenizer, options: options, in: golden.context)
            let together = try generator.generate(
                Tensor.concat(prompts.map { try golden.embedded($0, by: model) }, dim: 0),
                textIDs: prompts)
            let alone = try prompts.map {
                try generator.generate(golden.embedded($0, by: model), textIDs: [$0])[0]
            }
            #expect(together.map(\.ids) == alone.map(\.ids))
            #expect(together.map(\.finish) == alone.map(\.finish))
            #expect(Set(together.map(\.ids.count)).count > 1, "all are of one length")
        }
    }

    /// A beam search that draws is reproducible and depends on its seed.
    @Test func beamSamplingIsKeyed() throws {
        let prompt = try golden.ids("greedy.0.prompt")
        func answer(seed: Int) throws -> [Int] {
            var options = GenerationOptions(maximumTokens: 10)
            options.beams = 2
            options.temperature = 1.5
            options.seed = seed
            return try TextGenerator(model, tokenizer, options: options, in: golden.context)
                .generate(golden.embedded(prompt, by: model), textIDs: [prompt])[0].ids
        }
        let first = try answer(seed: 1)
        #expect(try answer(seed: 1) == first)
        #expect(try Set((2..<6).map { try answer(seed: $0) } + [first]).count > 1)
    }

    @discardableResult
    private func expectSame(_ key: String) throws -> Generation {
        let prompt = try golden.ids("\(key).prompt")
        let settings = try golden.numbers("\(key).settings")
        var options = GenerationOptions(maximumTokens: Int(settings[3]))
        options.beams = Int(settings[0])
        options.lengthPenalty = settings[1]
        options.earlyStopping = [.heuristic, .whenFull, .never][Int(settings[2])]
        options.repetitionPenalty = settings[4]
        options.endIDs = try golden.ids("\(key).end")
        let generator = try TextGenerator(model, tokenizer, options: options, in: golden.context)
        let answer = try generator.generate(
            golden.embedded(prompt, by: model), textIDs: [prompt])[0]
        #expect(try answer.ids == golden.ids("\(key).ids"), "\(key): \(options)")
        #expect(answer.promptTokens == prompt.count)
        let isEnd = options.endIDs.contains(answer.ids[answer.ids.count - 1])
        #expect(answer.finish == (isEnd ? .end : .length))
        return answer
    }
}
