/// What a pipeline answered.
public struct Generation: Sendable, Equatable {
    /// The answer as text, without special tokens, without the stop string that ended it, and trimmed.
    public var text: String
    /// The ids that were generated, the end-of-text id or those of the stop string included if they came.
    public var ids: [Int]
    /// Why it ended.
    public var finish: FinishReason
    /// Positions of the prompt: text and image tokens.
    public var promptTokens: Int
    /// What beam search ranked it by, the log-probability of the ids over their number to the length penalty; else nil.
    ///
    /// Log-probabilities are processed as the options say.
    public var score: Double?
    /// How long it took.
    public var timing: GenerationTiming

    /// An answer.
    public init(
        text: String, ids: [Int], finish: FinishReason = .length, promptTokens: Int = 0,
        score: Double? = nil, timing: GenerationTiming = GenerationTiming()
    ) {
        self.text = text
        self.ids = ids
        self.finish = finish
        self.promptTokens = promptTokens
        self.score = score
        self.timing = timing
    }
}
