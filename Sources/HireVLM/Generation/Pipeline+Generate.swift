import HireTensor

extension Pipeline {
    /// Answers to questions about a batch of images.
    ///
    /// Questions of equal length run together through the key-value cache, so no padding ever enters a prompt.
    ///
    /// - Parameters:
    ///   - tokens: image tokens [M, T, hidden]; nil where no question has a picture.
    ///   - questions: `image` indexes into `tokens`; reference answers are ignored.
    ///   - options: greedy, sampled or by beam search, and what ends an answer (the pipeline's end tokens, if nothing).
    ///   - hooks: what is given the text and asked for interruption.
    ///   - numbers: what keys each question's draws when sampling; its position unless given. A caller that asks in batches
    ///     gives the question's place in the whole.
    ///   - began: when the answers' clock started.
    /// - Returns: answers in the order of the questions.
    /// - Throws: `PluginError.configuration` for an option out of range; `GenerationError`; what the stages throw.
    public func generate(
        imageTokens tokens: Tensor?, _ questions: [PromptedQuestion],
        options: GenerationOptions = GenerationOptions(),
        hooks: GenerationHooks = GenerationHooks(),
        numbers: [Int]? = nil, since began: ContinuousClock.Instant = .now
    ) throws -> [Generation] {
        var options = options
        if options.endIDs.isEmpty { options.endIDs = endTokens.sorted() }
        let generator = try TextGenerator(
            languageModel, tokenizer, options: options, hooks: hooks, in: context)
        let numbers = numbers ?? Array(questions.indices)
        guard numbers.count == questions.count else {
            throw GenerationError.count(
                what: "number", expected: questions.count, got: numbers.count)
        }
        var answers = [Generation?](repeating: nil, count: questions.count)
        // The text in front of the picture is shared by a group, so it must be the same and not just as long.
        let groups = Dictionary(grouping: questions.indices) {
            [questions[$0].image == nil ? 0 : 1, questions[$0].after.count] + questions[$0].before
        }
        for key in groups.keys.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            let rows = groups[key] ?? []
            let group = rows.map { questions[$0] }
            let found = try generator.generate(
                context.withoutGradients { try prompts(imageTokens: tokens, group) },
                textIDs: group.map { $0.before + $0.after }, numbers: rows.map { numbers[$0] },
                since: began)
            for (row, answer) in zip(rows, found) { answers[row] = answer }
        }
        return answers.compactMap { $0 }
    }

    /// Embeddings of prompts that have the same ids in front of the picture and as many behind it: [N, T, hidden].
    func prompts(imageTokens tokens: Tensor?, _ questions: [PromptedQuestion]) throws -> Tensor {
        let text = questions.flatMap { $0.after.map(Int32.init) }
        return try assembled(
            tokens, images: questions.map(\.image), before: questions[0].before,
            after: context.tensor(text, [questions.count, questions[0].after.count]))
    }
}
