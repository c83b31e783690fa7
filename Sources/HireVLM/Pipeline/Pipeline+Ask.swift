import HireImaging
import HireTensor

extension Pipeline {
    /// The answer to one question about one picture; greedy unless the options say otherwise.
    ///
    /// The answer's clock starts before the picture is prepared.
    public func ask(
        _ image: Image, _ question: String, options: GenerationOptions = GenerationOptions(),
        hooks: GenerationHooks = GenerationHooks()
    ) throws -> Generation {
        let began = ContinuousClock.now
        train(false)
        return try context.withoutGradients {
            let tokens = try imageTokens(views(of: [image]))
            return try generate(
                imageTokens: tokens, [prompted(question)], options: options, hooks: hooks,
                since: began)[0]
        }
    }
}
