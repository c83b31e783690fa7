import HireImaging
import HireTensor

extension Pipeline {
    /// The answer to one question about one picture, or about none; greedy unless the options say otherwise.
    ///
    /// The answer's clock starts before the picture is prepared.
    public func ask(
        _ image: Image?, _ question: String, options: GenerationOptions = GenerationOptions(),
        hooks: GenerationHooks = GenerationHooks()
    ) throws -> Generation {
        try answer([ConversationTurn(question)], about: image, options: options, hooks: hooks)
    }

    /// The answer that a conversation about one picture, or none, is waiting for.
    public func answer(
        _ turns: [ConversationTurn], about image: Image?,
        options: GenerationOptions = GenerationOptions(),
        hooks: GenerationHooks = GenerationHooks()
    ) throws -> Generation {
        let began = ContinuousClock.now
        train(false)
        return try context.withoutGradients {
            let tokens = try image.map { try imageTokens(views(of: [$0])) }
            return try generate(
                imageTokens: tokens, [prompted(turns, image: image == nil ? nil : 0)],
                options: options, hooks: hooks, since: began)[0]
        }
    }

    /// Logits of a text as it stands, with `<image>` where image tokens go: [1, positions, vocabulary].
    ///
    /// - Parameter lastOnly: computes the last position alone.
    public func logits(_ image: Image?, _ text: String, lastOnly: Bool = false) throws -> Tensor {
        train(false)
        return try context.withoutGradients {
            let question = try tokenised(text, image: image == nil ? nil : 0)
            let tokens = try image.map { try imageTokens(views(of: [$0])) }
            return try logits(imageTokens: tokens, question, lastOnly: lastOnly)
        }
    }
}
