import HireArray
import HireTensor

extension TextGenerator {
    /// One token after the other, for all rows at once (`GenerationMixin._sample`).
    func chooseTokens(_ prompts: Tensor, _ answers: [AnswerInProgress]) throws -> [Generation] {
        var answers = answers
        let cache = languageModel.makeCache()
        var input = prompts
        /// The answer that each row of the cache belongs to.
        var rows = Array(answers.indices)
        while true {
            try hooks.checkInterrupt()
            let logits = try lastLogits(input, cache)
            var next: [Int] = []
            for (row, answer) in rows.enumerated() {
                // A finished row goes on until it is taken out; what it says is not looked at.
                if answers[answer].finish != nil {
                    next.append(tokenizer.padding)
                    continue
                }
                next.append(try choose(logits[row], for: answers[answer]))
                try extend(&answers[answer], with: next[row])
            }
            let open = rows.indices.filter { answers[rows[$0]].finish == nil }
            if open.isEmpty { break }
            // Copying the cache costs about as much as a step, so it is done when half of the work would be wasted.
            if 2 * open.count <= rows.count {
                try cache.select(rows: open)
                rows = open.map { rows[$0] }
                next = open.map { next[$0] }
            }
            input = try embedded(next)
        }
        return answers.map { $0.generation(promptTokens: prompts.shape[1]) }
    }

    private func choose(_ logits: [Float], for answer: AnswerInProgress) throws -> Int {
        try checkLogits(logits, of: answer)
        var scores = logits
        processors.process(&scores, ids: answer.promptIDs + answer.ids)
        guard options.isSampling else { return Ranking.likeliest(scores) }
        return Self.draw(scores, random(answer.number, step: answer.ids.count))
    }

    /// Takes a token into an answer and gives out its text.
    private func extend(_ answer: inout AnswerInProgress, with id: Int) throws {
        answer.ids.append(id)
        answer.tick()
        if watchesText { answer.stream.append(id) }
        answer.finish = finishReason(
            id, count: answer.ids.count, isStopped: answer.stream.isStopped)
        let isFinished = answer.finish != nil
        guard let onText = hooks.onText else {
            if isFinished { _ = answer.stream.finish(answer.ids) }
            return
        }
        let piece = isFinished ? answer.stream.finish(answer.ids) : answer.stream.ready()
        if !piece.isEmpty, try !onText(answer.number, piece), !isFinished {
            answer.finish = .cancelled
        }
    }

    /// The random numbers of one token.
    func random(_ number: Int, step: Int) -> RandomSource {
        RandomSource(seed: UInt64(options.seed)).named("generation").indexed(number).indexed(step)
    }

    /// A token drawn with the probabilities of its scores: the first whose cumulative probability exceeds a uniform number.
    static func draw(_ scores: [Float], _ random: RandomSource) -> Int {
        let words = random.words(at: 0)
        let uniform = Double((UInt64(words.x) << 32 | UInt64(words.y)) >> 11) * 0x1p-53
        let probabilities = Ranking.softmax(scores)
        var cumulative = 0.0
        var last = 0
        for (index, probability) in probabilities.enumerated() where probability > 0 {
            cumulative += probability
            last = index
            if cumulative > uniform { return index }
        }
        // Rounding may leave the sum just below one.
        return last
    }
}
