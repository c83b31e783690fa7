/// Changes the scores of the next token before one is chosen (Hugging Face's `LogitsProcessor`).
public protocol LogitsProcessor: Sendable {
    /// Changes a row of scores in place; a token is forbidden with minus infinity.
    ///
    /// - Parameters:
    ///   - scores: one number per token of the vocabulary: logits, or log-probabilities in beam search.
    ///   - ids: the ids of the prompt's text and of the answer so far.
    func process(_ scores: inout [Float], ids: [Int])
}

extension LogitsProcessor {
    /// The changed scores.
    public func processed(_ scores: [Float], ids: [Int] = []) -> [Float] {
        var scores = scores
        process(&scores, ids: ids)
        return scores
    }
}
