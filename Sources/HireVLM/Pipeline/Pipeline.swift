import HireArray
import HireImaging
import HireNN
import HireTensor

/// The whole road from picture and question to answer.
///
///     I, i -> E(i) -> enricher -> projector -> image tokens -> language model -> answer
///
/// The stages are children under their own names, so the path of every parameter and feature begins with
/// `encoder`, `enricher`, `projector` or `language_model`.
public final class Pipeline: Module {
    /// The stages by name.
    public let scope = ModuleScope()
    /// What it was made from, with resolutions filled in.
    public let recipe: Recipe
    /// E.
    public let encoder: any VisionEncoder
    /// J(U(I), E(i)), or a baseline in its place.
    public let enricher: any Enricher
    /// From enriched features to image tokens.
    public let projector: any Projector
    /// Reads image tokens and text.
    public let languageModel: any LanguageModel
    /// Text to ids and back.
    public let tokenizer: any Tokenizer
    /// Where the numbers live.
    public let context: Context
    let prompt: PromptTemplate

    /// Assembles the stages that a recipe names and checks that they fit together.
    ///
    /// - Parameter corpus: texts that a closed vocabulary must cover.
    /// - Throws: `PluginError` naming both stages where shapes do not agree.
    public init(
        _ recipe: Recipe, catalog: PluginCatalog, corpus: [String], in context: Context
    ) throws {
        self.context = context
        self.prompt = PromptTemplate(recipe.prompt)
        tokenizer = try catalog.makeTokenizer(recipe.tokenizer, corpus: corpus)
        encoder = scope.child("encoder", try catalog.makeEncoder(recipe.encoder, in: context))
        let preprocessing = recipe.preprocessing.resolved(for: encoder.resolution)
        var resolved = recipe
        resolved.preprocessing = preprocessing
        self.recipe = resolved
        guard preprocessing.lowResolution == encoder.resolution else {
            throw PluginError.assembly(
                "The encoder '\(recipe.encoder.id)' reads \(encoder.resolution) px, but preprocessing makes "
                    + "a low view of \(preprocessing.lowResolution) px (low_resolution).")
        }
        let host = HostShape(
            channels: encoder.channels, grid: encoder.grid,
            lowResolution: preprocessing.lowResolution,
            highResolution: preprocessing.highResolution, context: context)
        enricher = scope.child("enricher", try catalog.makeEnricher(recipe.enricher, for: host))
        languageModel = scope.child(
            "language_model",
            try catalog.makeLanguageModel(
                recipe.languageModel, vocabularySize: tokenizer.vocabularySize, in: context))
        projector = scope.child(
            "projector",
            try catalog.makeProjector(
                recipe.projector, inputChannels: enricher.outputChannels,
                outputSize: languageModel.hiddenSize, in: context))
        guard projector.outputSize == languageModel.hiddenSize else {
            throw PluginError.assembly(
                "The projector '\(recipe.projector.id)' makes tokens of width \(projector.outputSize), but the "
                    + "language model '\(recipe.languageModel.id)' reads \(languageModel.hiddenSize)."
            )
        }
    }

    /// Views of pictures as the recipe's preprocessing prepares them.
    public func views(of images: [Image]) throws -> ImageViews {
        try recipe.preprocessing.views(of: images, in: context)
    }

    /// The enriched features of a batch (the paper's equation 4 for the enrichers it describes).
    public func enrichedFeatures(_ views: ImageViews) throws -> FeatureMap {
        let base = try encoder(views.low)
        return try enricher(
            EnricherInput(base: base, image: views, encode: { try self.encoder($0) }))
    }

    /// Image tokens of a batch: [N, T, hidden].
    public func imageTokens(_ views: ImageViews) throws -> Tensor {
        try projector(enrichedFeatures(views))
    }

    /// Ids of one question in the recipe's prompt.
    public func prompted(
        _ question: String, answer: String? = nil, image: Int = 0
    ) throws -> PromptedQuestion {
        PromptedQuestion(
            image: image, before: try tokenizer.encode(prompt.before),
            after: try tokenizer.encode(prompt.after(question: question)),
            answer: try answer.map { try tokenizer.encode($0) + [tokenizer.endOfText] } ?? [])
    }

    /// Whether all parameters are used for training or as they are (dropout, batch norm).
    public func setTraining(_ training: Bool) { train(training) }
}
