/// How long an answer took, by the wall clock.
public struct GenerationTiming: Sendable, Equatable {
    /// From the question to the first token: the picture, the prompt and the choice.
    public var secondsToFirstToken: Double
    /// From the question to the last token.
    public var seconds: Double
    /// Tokens after the first per second after the first; 0 if there is but one.
    ///
    /// In a batch each answer has its own rate.
    public var tokensPerSecond: Double

    /// Times; zeros where nothing was measured.
    public init(secondsToFirstToken: Double = 0, seconds: Double = 0, tokensPerSecond: Double = 0) {
        self.secondsToFirstToken = secondsToFirstToken
        self.seconds = seconds
        self.tokensPerSecond = tokensPerSecond
    }

    /// Times of an answer of so many tokens.
    init(first: Duration, all: Duration, tokens: Int) {
        let (first, all) = (first / .seconds(1), all / .seconds(1))
        let rate = tokens > 1 && all > first ? Double(tokens - 1) / (all - first) : 0
        self.init(secondsToFirstToken: first, seconds: all, tokensPerSecond: rate)
    }
}
