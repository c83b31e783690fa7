/// One answer while it grows.
struct AnswerInProgress {
    /// Keys its draws.
    let number: Int
    /// Ids of the prompt's text.
    let promptIDs: [Int]
    /// Its text so far.
    var stream: TextStream
    /// When its clock started.
    let began: ContinuousClock.Instant
    /// What was generated.
    var ids: [Int] = []
    /// Why it ended; nil while it grows.
    var finish: FinishReason?
    private var first: Duration?
    private var last = Duration.zero

    init(
        number: Int, promptIDs: [Int], stream: TextStream, began: ContinuousClock.Instant
    ) {
        self.number = number
        self.promptIDs = promptIDs
        self.stream = stream
        self.began = began
    }

    /// Notes that a token came just now.
    mutating func tick() {
        last = .now - began
        if first == nil { first = last }
    }

    /// The finished answer.
    func generation(promptTokens: Int, score: Double? = nil) -> Generation {
        Generation(
            text: stream.text, ids: ids, finish: finish ?? .length, promptTokens: promptTokens,
            score: score,
            timing: GenerationTiming(first: first ?? last, all: last, tokens: ids.count))
    }
}
