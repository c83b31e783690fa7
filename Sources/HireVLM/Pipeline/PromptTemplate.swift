/// A prompt split at the place where image tokens go.
struct PromptTemplate {
    /// Text in front of the image tokens.
    let before: String
    /// Text behind them, with `{question}` in it.
    let after: String

    /// Splits a recipe's prompt at `<image>`; without the tag the image comes first.
    init(_ text: String) {
        if let tag = text.firstRange(of: "<image>") {
            before = String(text[..<tag.lowerBound])
            after = String(text[tag.upperBound...])
        } else {
            before = ""
            after = text
        }
    }

    /// The text behind the image for one question.
    func after(question: String) -> String {
        after.replacing("{question}", with: question)
    }
}
