import HireTensor

/// Continues prompts with a language model: greedy, sampled or by beam search.
///
/// Numbers and order are those of Hugging Face's `generate`: processors of logits, beam scores, what ends an answer.
public struct TextGenerator {
    /// Continues the prompts.
    public let languageModel: any LanguageModel
    /// Makes text of the ids.
    public let tokenizer: any Tokenizer
    /// How answers are generated.
    public let options: GenerationOptions
    /// What is called meanwhile.
    public let hooks: GenerationHooks
    /// Ids that end an answer.
    public let endIDs: Set<Int>
    let context: Context
    let processors: LogitsProcessorList
    private let stopIDs: Set<Int>
    private let stopTexts: [String]

    /// A generator.
    ///
    /// - Throws: `PluginError.configuration` for an option out of range.
    public init(
        _ languageModel: any LanguageModel, _ tokenizer: any Tokenizer,
        options: GenerationOptions = GenerationOptions(),
        hooks: GenerationHooks = GenerationHooks(),
        in context: Context
    ) throws {
        try options.check(vocabularySize: languageModel.vocabularySize)
        self.languageModel = languageModel
        self.tokenizer = tokenizer
        self.options = options
        self.hooks = hooks
        self.context = context
        endIDs = options.endIDs.isEmpty ? [tokenizer.endOfText] : Set(options.endIDs)
        processors = LogitsProcessorList(options, endCount: endIDs.count)
        // Special tokens are not in an answer's text: a stop string that spells one is found by its id.
        let special = options.stop.map { text in
            tokenizer.id(of: text).flatMap { tokenizer.isSpecial($0) ? $0 : nil }
        }
        stopIDs = Set(special.compactMap { $0 })
        stopTexts = zip(options.stop, special).filter { $0.1 == nil }.map(\.0)
    }

    /// Answers to prompts of one length.
    ///
    /// Without beam search all run together through one cache; rows that are finished are taken out of it.
    ///
    /// - Parameters:
    ///   - prompts: embeddings [N, T, hidden], T at least 1.
    ///   - textIDs: the ids of each prompt's text, which the repetition penalty counts.
    ///   - numbers: what keys each prompt's draws and is given to `onText`; its position unless given.
    ///   - began: when the answers' clock started.
    /// - Throws: `GenerationError`; what the language model and the hooks throw.
    public func generate(
        _ prompts: Tensor, textIDs: [[Int]], numbers: [Int]? = nil,
        since began: ContinuousClock.Instant = .now
    ) throws -> [Generation] {
        let count = prompts.shape[0]
        guard prompts.shape[1] > 0 else { throw GenerationError.emptyPrompt }
        guard textIDs.count == count else {
            throw GenerationError.count(
                what: "list of text ids", expected: count, got: textIDs.count)
        }
        let numbers = numbers ?? Array(0..<count)
        guard numbers.count == count else {
            throw GenerationError.count(what: "number", expected: count, got: numbers.count)
        }
        let answers = zip(numbers, textIDs).map { number, ids in
            AnswerInProgress(
                number: number, promptIDs: ids, stream: TextStream(tokenizer, stop: stopTexts),
                began: began)
        }
        return try context.withoutGradients {
            if options.beams == 1 { return try chooseTokens(prompts, answers) }
            return try answers.indices.map { row in
                try searchBeams(prompts.slice(0, row, row + 1), answers[row])
            }
        }
    }

    /// Logits at the last position of each row: N rows of the vocabulary's size.
    func lastLogits(_ input: Tensor, _ cache: any LanguageModelCache) throws -> [[Float]] {
        let (count, last) = (input.shape[0], input.shape[1] - 1)
        let logits = try languageModel(
            LanguageModelInput(embeddings: input, cache: cache, logitPositions: last..<(last + 1)))
        let values = try logits.array.floats()
        let size = values.count / count
        return (0..<count).map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
    }

    /// Embeddings of one id per row: [N, 1, hidden].
    func embedded(_ ids: [Int]) throws -> Tensor {
        try languageModel.embed(context.tensor(ids.map(Int32.init), [ids.count, 1]))
    }

    /// Why an answer ends with its last id, if it does; its stop strings are found before.
    func finishReason(_ id: Int, count: Int, isStopped: Bool) -> FinishReason? {
        if endIDs.contains(id) { return .end }
        if isStopped || stopIDs.contains(id) { return .stop }
        return count >= options.maximumTokens ? .length : nil
    }

    /// Whether text is needed before an answer ends.
    var watchesText: Bool { !stopTexts.isEmpty || (hooks.onText != nil && options.beams == 1) }

    /// Refuses scores among which no token can be chosen.
    func checkLogits(_ scores: [Float], of answer: AnswerInProgress) throws {
        var highest = -Float.infinity
        var hasNaN = false
        for score in scores {
            if score > highest { highest = score }
            if score.isNaN { hasNaN = true }
        }
        if !hasNaN && highest.isFinite { return }
        throw GenerationError.unusableLogits(
            token: answer.ids.count + 1, question: answer.number + 1,
            found: hasNaN ? "NaN" : "\(highest) as the highest")
    }
}
