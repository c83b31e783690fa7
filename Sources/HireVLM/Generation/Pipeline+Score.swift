import HireImaging
import HireTensor

extension Pipeline {
    /// Log-probabilities of given answers to one question (teacher forcing).
    ///
    /// The prompt is read once; its cache is cut back between answers.
    ///
    /// - Parameters:
    ///   - tokens: image tokens [M, T, hidden]; nil for a question without a picture.
    ///   - question: `image` indexes into `tokens`; its reference answer is ignored.
    ///   - answers: ids, as many as at least one each; the end-of-text id counts if it is there.
    ///   - checkInterrupt: called once per answer; throws to end everything (Ctrl-C).
    /// - Throws: `GenerationError`; what the language model throws.
    public func score(
        imageTokens tokens: Tensor?, _ question: PromptedQuestion, answers: [[Int]],
        checkInterrupt: () throws -> Void = {}
    ) throws -> [AnswerScore] {
        for (index, answer) in answers.enumerated() {
            if answer.isEmpty { throw GenerationError.emptyAnswer(index: index + 1) }
            let size = languageModel.vocabularySize
            if let id = answer.first(where: { !(0..<size).contains($0) }) {
                throw GenerationError.unknownID(id: id, answer: index + 1, vocabularySize: size)
            }
        }
        return try context.withoutGradients {
            let prompt = try prompts(imageTokens: tokens, [question])
            let length = prompt.shape[1]
            guard length > 0 else { throw GenerationError.emptyPrompt }
            let cache = languageModel.makeCache()
            let first = try logProbabilities(prompt, cache, positions: (length - 1)..<length)[0]
            return try answers.map { answer in
                try checkInterrupt()
                var rows = [first]
                if answer.count > 1 {
                    let ids = answer.dropLast().map(Int32.init)
                    rows += try logProbabilities(
                        languageModel.embed(context.tensor(ids, [1, ids.count])), cache)
                    try cache.truncate(to: length)
                }
                return AnswerScore(
                    ids: answer, logProbabilities: zip(rows, answer).map { $0[$1] })
            }
        }
    }

    /// Log-probabilities of answers to a question about a picture, or about none.
    ///
    /// - Parameters:
    ///   - text: a question, which the template surrounds; a text with `<image>` in it is a whole prompt and stands as it
    ///     is.
    ///   - includingEnd: whether the end-of-text id after each answer counts too, as in V*'s own scorer.
    public func score(
        _ image: Image?, _ text: String, answers: [String], includingEnd: Bool = true,
        checkInterrupt: () throws -> Void = {}
    ) throws -> [AnswerScore] {
        train(false)
        let place = image == nil ? nil : 0
        let question =
            text.contains(ConversationTemplate.imageTag)
            ? try tokenised(text, image: place) : try prompted(text, image: place)
        let ids = try answers.map { answer in
            try tokenizer.encode(answer) + (includingEnd ? [tokenizer.endOfText] : [])
        }
        let tokens = try context.withoutGradients {
            try image.map { try imageTokens(views(of: [$0])) }
        }
        return try score(
            imageTokens: tokens, question, answers: ids, checkInterrupt: checkInterrupt)
    }

    /// Rows of log-probabilities at the given positions, or all.
    private func logProbabilities(
        _ input: Tensor, _ cache: any LanguageModelCache, positions: Range<Int>? = nil
    ) throws -> [[Double]] {
        let logits = try languageModel(
            LanguageModelInput(embeddings: input, cache: cache, logitPositions: positions))
        let values = try logits.array.floats()
        let size = logits.shape[2]
        return stride(from: 0, to: values.count, by: size).map {
            Ranking.logSoftmax(Array(values[$0..<($0 + size)]))
        }
    }
}
