import HireFiles
import HireTensor
import HireVLM

/// What one picture and a text cost a pipeline up to the first token of its answer, counted without any number.
public struct ModelCost: Sendable {
    /// How multiply-adds were counted.
    public var convention: CostConvention
    /// Costs by module.
    public var tree: CostTree
    /// Tokens that the language model reads.
    public var tokens: Int
    /// Bytes of all weights in float32; a folder that stores two bytes per number needs half.
    public var weightBytes: Int
    /// The most bytes that arrays would hold at once during the pass in the form that runs, weights in float32 included.
    public var peakBytes: Int

    /// Multiply-adds altogether.
    public var multiplyAdds: Int { tree.multiplyAdds }

    /// Counts by running the pipeline's own code on the shapes-only back-end.
    ///
    /// - Parameters:
    ///   - textTokens: tokens around the picture; the paper's measurement has 42.
    ///   - corpus: what a closed vocabulary must cover.
    ///   - shapes: makes contexts on the shapes-only back-end.
    /// - Throws: `CostError`, and what building the pipeline throws.
    public static func measure(
        _ recipe: Recipe, catalog: PluginCatalog, corpus: [String] = [],
        textTokens: Int = PaperCosts.textTokens, convention: CostConvention,
        shapes: () -> Context
    ) throws -> ModelCost {
        let context = shapes()
        let pipeline = try Pipeline(recipe, catalog: catalog, corpus: corpus, in: context)
        pipeline.setTraining(false)
        let views = try pipeline.blankViews()
        // The trace holds on to what the pass lets go, so memory is watched in a pass of its own.
        context.backend.ledger.resetPeak()
        var tokens = 0
        try context.withoutGradients {
            tokens = try pipeline.firstTokenLogits(
                views, textTokens: textTokens, isPushed: false
            ).shape[1]
        }
        let peakBytes = context.backend.ledger.peakBytes
        let parameters = pipeline.parameters().map {
            (path: $0.path, count: $0.parameter.shape.elementCount)
        }
        let calls = try context.withoutGradients {
            try CostTrace.live(in: context) {
                [
                    try pipeline.firstTokenLogits(
                        views, textTokens: textTokens, isPushed: convention.countsPushedForm)
                ]
            }
        }
        return ModelCost(
            convention: convention,
            tree: try CostTree(
                calls, convention: convention, parameters: parameters),
            tokens: tokens, weightBytes: 4 * parameters.reduce(0) { $0 + $1.count },
            peakBytes: peakBytes)
    }
}

extension Pipeline {
    /// Logits at all positions of one picture's tokens with some text around them: what a first token costs.
    ///
    /// - Parameter isPushed: makes linear upsamplers go through their high-resolution map.
    public func firstTokenLogits(
        _ views: ImageViews, textTokens: Int, isPushed: Bool = false
    ) throws -> Tensor {
        let features = try isPushed ? pushedFeatures(views) : enrichedFeatures(views)
        var embeddings = try projector(features)
        if textTokens > 0 {
            let ids = try context.tensor(
                [Int32](repeating: 0, count: textTokens), [1, textTokens])
            embeddings = try Tensor.concat([embeddings, languageModel.embed(ids)], dim: 1)
        }
        return try languageModel(LanguageModelInput(embeddings: embeddings))
    }

    /// The enriched features, with the whole high-resolution map between where the enricher can make it.
    private func pushedFeatures(_ views: ImageViews) throws -> FeatureMap {
        guard let upsampler = enricher as? any LinearUpsampler else {
            return try enrichedFeatures(views)
        }
        let base = try encoder(views.low)
        let input = enricherInput(base: base, views)
        return try upsampler.scope.run(in: context) {
            let high = try upsampler.highResolution(input)
            return try base.concatenated(with: high.pooled(to: upsampler.outputGrid))
        }
    }
}
