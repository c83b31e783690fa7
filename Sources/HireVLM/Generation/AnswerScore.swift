/// How likely an answer is after a prompt.
public struct AnswerScore: Sendable, Equatable {
    /// The answer's ids.
    public var ids: [Int]
    /// The natural logarithm of each id's probability after the prompt and the ids before it.
    public var logProbabilities: [Double]

    /// A score.
    public init(ids: [Int], logProbabilities: [Double]) {
        self.ids = ids
        self.logProbabilities = logProbabilities
    }

    /// Log-probability of the whole answer.
    public var sum: Double { logProbabilities.reduce(0, +) }
    /// Log-probability per token: minus the cross-entropy by which V* (Wu & Xie 2023) ranks its options.
    public var mean: Double { sum / Double(logProbabilities.count) }
}
