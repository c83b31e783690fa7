import HireImaging
import HireTensor

extension Pipeline {
    /// The answer to one question about one picture, greedy.
    public func ask(
        _ image: Image, _ question: String, maximumTokens: Int = 64
    ) throws -> Generation {
        train(false)
        return try context.withoutGradients {
            let tokens = try imageTokens(views(of: [image]))
            return try generate(
                imageTokens: tokens, [prompted(question)], maximumTokens: maximumTokens)[0]
        }
    }
}
