import HireTensor

extension Pipeline {
    /// Logits of a prompt, as the language model gives them.
    ///
    /// - Parameters:
    ///   - tokens: image tokens [M, T, hidden]; nil for a question without a picture.
    ///   - question: `image` indexes into `tokens`; its reference answer is ignored.
    ///   - lastOnly: computes the last position alone, which predicts the first token of the answer.
    /// - Returns: [1, positions, vocabulary]; positions are those of the text in front, the image tokens and the text
    ///   behind, or 1.
    /// - Throws: `GenerationError.emptyPrompt`; what the language model throws.
    public func logits(
        imageTokens tokens: Tensor?, _ question: PromptedQuestion, lastOnly: Bool = false
    ) throws -> Tensor {
        let prompt = try prompts(imageTokens: tokens, [question])
        let length = prompt.shape[1]
        guard length > 0 else { throw GenerationError.emptyPrompt }
        return try languageModel(
            LanguageModelInput(
                embeddings: prompt, logitPositions: lastOnly ? (length - 1)..<length : nil))
    }
}
