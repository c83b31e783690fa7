/// What can go wrong while an answer is generated or scored; each case prints as a sentence.
public enum GenerationError: Error, CustomStringConvertible {
    /// A prompt without positions.
    case emptyPrompt
    /// Scores among which no token can be chosen: NaN, or all of them infinite.
    case unusableLogits(token: Int, question: Int, found: String)
    /// An answer to score without tokens.
    case emptyAnswer(index: Int)
    /// An id to score that the language model does not know.
    case unknownID(id: Int, answer: Int, vocabularySize: Int)
    /// Lists that belong together and differ in length.
    case count(what: String, expected: Int, got: Int)

    /// The sentence.
    public var description: String {
        switch self {
        case .emptyPrompt:
            "The prompt is empty: expected at least one token of text or of a picture, got none."
        case .unusableLogits(let token, let question, let found):
            "The language model's logits for token \(token) of the answer to question \(question) cannot be used: "
                + "expected numbers, got \(found). Look for NaN or infinity in the weights or the picture."
        case .emptyAnswer(let index):
            "Answer \(index) cannot be scored: expected at least one token, got none."
        case .unknownID(let id, let answer, let size):
            "Answer \(answer) cannot be scored: its id \(id) is outside the language model's vocabulary of \(size)."
        case .count(let what, let expected, let got):
            "Generation needs one \(what) per prompt: expected \(expected), got \(got)."
        }
    }
}
