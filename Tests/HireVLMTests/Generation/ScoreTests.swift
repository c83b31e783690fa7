import Builtin
import HireArray
import HireNN
import HireReference
import HireTensor
import HireTestSupport
import HireVLM
import Testing

/// Scores, logits and answers of a pipeline whose language model is the golden's Llama.
@Suite struct ScoreTests {
    let golden: GenerationGolden
    let pipeline: Pipeline

    init() throws {
        golden = try GenerationGolden("llama")
        let catalog = try BuiltinPlugins.catalog()
        var recipe = Recipe()
        recipe.preprocessing = ImagePreprocessing(highResolution: 64)
        recipe.languageModel = GenerationGolden.llamaChoice
        // Two of the golden's 48 ids are the word tokenizer's own.
        let corpus = (10..<56).map { "word\($0)" }
        pipeline = try Pipeline(recipe, catalog: catalog, corpus: corpus, in: golden.context)
        try pipeline.initialize(from: golden.context.random)
        _ = try pipeline.languageModel.load(golden.arrays.below("state"), strict: true)
    }

    /// A golden prompt whose second token is embedded beforehand and stands for the picture.
    private func question(_ prompt: [Int]) throws -> (tokens: Tensor, PromptedQuestion) {
        let tokens = try golden.embedded([prompt[1]], by: pipeline.languageModel)
        return (
            tokens,
            PromptedQuestion(image: 0, before: [prompt[0]], after: Array(prompt.dropFirst(2)))
        )
    }

    @Test func scoresEqualTeacherForcing() throws {
        for number in 0..<3 {
            let (tokens, question) = try question(golden.ids("score.\(number).prompt"))
            let answer = try golden.ids("score.\(number).answer")
            // Others before and behind: the cache must be as it was.
            let scores = try pipeline.score(
                imageTokens: tokens, question, answers: [[3, 4, 5], answer, [7], answer])
            let expected = try golden.numbers("score.\(number).values")
            for score in [scores[1], scores[3]] {
                #expect(score.ids == answer)
                try expectClose(
                    golden.context.backend.array(score.logProbabilities, [answer.count]), expected,
                    absolute: 1e-5)
                let sum = expected.reduce(0, +)
                #expect(abs(score.sum - sum) < 1e-4)
                #expect(abs(score.mean - sum / Double(answer.count)) < 1e-4)
            }
            #expect(scores[2].logProbabilities.count == 1)
        }
    }

    @Test func logitsEqualHuggingFace() throws {
        let (tokens, question) = try question(golden.ids("score.0.prompt"))
        let all = try pipeline.logits(imageTokens: tokens, question)
        let expected = try golden.arrays.tensor("logits")
        try expectClose(
            all.reshape(expected.shape).array, expected, relative: 1e-5, absolute: 1e-5)
        let last = try pipeline.logits(imageTokens: tokens, question, lastOnly: true)
        #expect(last.shape == [1, 1, 48])
        try expectClose(
            last.array, expected.doubles().suffix(48).map { $0 }, relative: 1e-5, absolute: 1e-5)
    }

    @Test func answersCountTheirPromptAndKeepTheirOrder() throws {
        // Same length, different text in front: they may not share a prompt.
        let prompts = [[6, 20, 9, 30], [7, 20, 9, 30], [6, 20, 9], [6, 20, 12, 31]]
        let tokens = try golden.embedded([20], by: pipeline.languageModel)
        func ask(_ prompts: [[Int]]) throws -> [Generation] {
            try pipeline.generate(
                imageTokens: tokens,
                prompts.map {
                    PromptedQuestion(image: 0, before: [$0[0]], after: Array($0.dropFirst(2)))
                }, options: GenerationOptions(maximumTokens: 6))
        }
        let together = try ask(prompts)
        let alone = try prompts.flatMap { try ask([$0]) }
        #expect(together.map(\.ids) == alone.map(\.ids))
        #expect(together.map(\.promptTokens) == [4, 4, 3, 4])
        #expect(Set(together.map(\.ids)).count > 1)
    }

    @Test func answersThatCannotBeScoredAreNamed() throws {
        let (tokens, question) = try question([4, 5, 6])
        func problem(_ answers: [[Int]]) -> String {
            message {
                _ = try pipeline.score(imageTokens: tokens, question, answers: answers)
            }
        }
        #expect(problem([[3], []]).contains("Answer 2"))
        #expect(problem([[3], [48]]).contains("48"))
        #expect(problem([[-1]]).contains("Answer 1"))
    }

    @Test func textsAreScoredInThePrompt() throws {
        let task = try BuiltinPlugins.catalog().makeTask(
            PluginChoice("shapes", ["train_images": 1, "test_images": 1]))
        let image = try task.image(.test, at: 0)
        let answers = ["word12", "word13 word14"]
        let scores = try pipeline.score(image, "word20 word21", answers: answers)
        #expect(scores.map(\.ids.count) == [2, 3])
        #expect(scores.allSatisfy { $0.ids.last == pipeline.tokenizer.endOfText })
        let bare = try pipeline.score(image, "word20 word21", answers: answers, includingEnd: false)
        #expect(bare.map(\.logProbabilities) == scores.map { $0.logProbabilities.dropLast() })
        let answer = try pipeline.ask(
            image, "word20 word21", options: GenerationOptions(maximumTokens: 1))
        let (first, word) = (scores[0].logProbabilities[0], scores[0].ids[0])
        let greedy = try pipeline.score(
            image, "word20 word21", answers: [pipeline.tokenizer.decode(answer.ids)])
        if answer.ids[0] > 1 && answer.ids[0] != word {
            #expect(greedy[0].logProbabilities[0] > first)
        }
        #expect(answer.timing.secondsToFirstToken > 0 && answer.promptTokens > 2)
    }
}
