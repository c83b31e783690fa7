import HireImaging
import HireNN
import HireTensor
import HireVLM

/// What one picture and one question cost, by stage: parameters, and multiply-adds of the form that runs.
///
/// Multiply-adds follow the `full` convention: every one that happens in a forward pass, a pulled operator as pulled. The
/// language model's are those of reading prompt, image tokens and answer once.
public struct PipelineCost: Sendable, Equatable, Codable {
    /// A stage's share.
    public struct Stage: Sendable, Equatable, Codable {
        /// "encoder", "enricher", "projector" or "language_model".
        public var name: String
        /// Trainable numbers.
        public var parameters: Int
        /// Multiply-adds of one forward pass.
        public var multiplyAdds: Int
    }

    /// The stages in the order in which a picture passes them.
    public var stages: [Stage]
    /// Trainable numbers altogether.
    public var parameters: Int { stages.map(\.parameters).reduce(0, +) }
    /// Multiply-adds altogether.
    public var multiplyAdds: Int { stages.map(\.multiplyAdds).reduce(0, +) }

    /// Counts on the shapes-only back-end: takes milliseconds and needs no weights.
    ///
    /// - Parameters:
    ///   - shapes: a context on the shapes-only back-end.
    ///   - question: what is asked, with its answer.
    public static func measure(
        _ recipe: Recipe, catalog: PluginCatalog, corpus: [String], shapes: Context,
        question: (text: String, answer: String)
    ) throws -> PipelineCost {
        let pipeline = try Pipeline(recipe, catalog: catalog, corpus: corpus, in: shapes)
        pipeline.setTraining(false)
        let views = try pipeline.blankViews()
        let counter = try CostCounter.count(in: shapes) {
            try shapes.withoutGradients {
                let tokens = try pipeline.imageTokens(views)
                _ = try pipeline.loss(
                    imageTokens: tokens, [pipeline.prompted(question.text, answer: question.answer)]
                )
            }
        }
        let counts = pipeline.parameters()
        return PipelineCost(
            stages: ["encoder", "enricher", "projector", "language_model"].map { stage in
                Stage(
                    name: stage,
                    parameters: counts.filter { $0.path.hasPrefix(stage + ".") }
                        .map(\.parameter.shape.elementCount).reduce(0, +),
                    multiplyAdds: counter.count(beneath: stage))
            })
    }
}

extension Pipeline {
    /// Views of one blank square picture, for counting and for finding out shapes.
    public func blankViews() throws -> ImageViews {
        let high = recipe.preprocessing.highResolution
        let low = recipe.preprocessing.lowResolution
        return try ImageViews(
            high: context.zeros([1, 3, high, high]), low: context.zeros([1, 3, low, low]),
            pictures: [Image(width: high, height: high)])
    }
}
