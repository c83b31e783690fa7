import HireTensor
import HireVLM

extension Pipeline {
    /// Image tokens of a batch, or zeros of the same shape for a pipeline that must not see.
    ///
    /// - Parameter blindfold: whether the tokens are zeros; no stage before the language model then runs.
    public func imageTokens(
        _ views: @autoclosure () throws -> ImageViews, count: Int, blindfold: Bool
    )
        throws -> Tensor
    {
        if !blindfold { return try imageTokens(views()) }
        return try context.zeros([count, enricher.outputTokens, languageModel.hiddenSize])
    }
}
