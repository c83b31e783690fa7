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
    public internal(set) var recipe: Recipe
    /// E.
    public let encoder: any VisionEncoder
    /// J(U(I), E(i)), or a baseline in its place.
    public internal(set) var enricher: any Enricher
    /// From enriched features to image tokens.
    public internal(set) var projector: any Projector
    /// Reads image tokens and text.
    public let languageModel: any LanguageModel
    /// Text to ids and back.
    public let tokenizer: any Tokenizer
    /// Where the numbers live.
    public let context: Context
    /// The text around questions.
    public let template: ConversationTemplate
    /// Preprocessing as it was asked for: zeros stand for what encoder and enricher want.
    var requestedPreprocessing: ImagePreprocessing
    /// What the parameters were drawn from; nil as long as they were not.
    public private(set) var drawnFrom: RandomSource?

    /// Assembles the stages that a recipe names and checks that they fit together.
    ///
    /// - Parameters:
    ///   - corpus: texts that a closed vocabulary must cover.
    ///   - tokenizer: the tokenizer, where it exists already; nil to make the recipe's.
    /// - Throws: `PluginError` naming both stages where shapes do not agree.
    public init(
        _ recipe: Recipe, catalog: PluginCatalog, corpus: [String],
        tokenizer given: (any Tokenizer)? = nil, in context: Context
    ) throws {
        self.context = context
        template = try ConversationTemplate(recipe.prompt)
        requestedPreprocessing = recipe.preprocessing
        self.recipe = recipe
        tokenizer = try given ?? catalog.makeTokenizer(recipe.tokenizer, corpus: corpus)
        encoder = scope.child("encoder", try catalog.makeEncoder(recipe.encoder, in: context))
        let host = try Self.host(
            for: recipe.enricher, behind: encoder, requestedPreprocessing, catalog, in: context)
        self.recipe.preprocessing = host.preprocessing
        enricher = scope.child(
            "enricher", try catalog.makeEnricher(recipe.enricher, for: host.shape))
        languageModel = scope.child(
            "language_model",
            try catalog.makeLanguageModel(
                recipe.languageModel, vocabularySize: tokenizer.vocabularySize, in: context))
        projector = scope.child(
            "projector",
            try catalog.makeProjector(
                recipe.projector, inputChannels: enricher.outputChannels,
                outputSize: languageModel.hiddenSize, in: context))
        try checkFit(of: projector)
        if let stranger = recipe.endTokens.first(where: {
            $0 < 0 || $0 >= languageModel.vocabularySize
        }) {
            throw PluginError.configuration(
                plugin: "recipe", key: "end_tokens",
                problem: "must be ids below \(languageModel.vocabularySize), got \(stranger)")
        }
    }

    /// Draws all parameters from a seed, each from the stream of its path, and remembers the seed for later swaps.
    ///
    /// Pipelines that were drawn from one seed have the same numbers wherever the path and the shapes of a layer agree,
    /// whatever else differs.
    ///
    /// - Throws: `ArrayError.memory`.
    public func initialize(from source: RandomSource) throws {
        try (self as any Module).initialize(from: source)
        drawnFrom = source
    }

    func checkFit(of projector: any Projector) throws {
        guard projector.outputSize == languageModel.hiddenSize else {
            throw PluginError.assembly(
                "The projector '\(recipe.projector.id)' makes tokens of width \(projector.outputSize), but the "
                    + "language model '\(recipe.languageModel.id)' reads \(languageModel.hiddenSize)."
            )
        }
    }

    /// What an enricher is built for behind an encoder.
    ///
    /// - Throws: `PluginError` for an unknown enricher and for a low view that the encoder does not read.
    public static func hostShape(
        for enricher: PluginChoice, behind encoder: any VisionEncoder,
        _ requested: ImagePreprocessing, _ catalog: PluginCatalog, in context: Context
    ) throws -> HostShape {
        try host(for: enricher, behind: encoder, requested, catalog, in: context).shape
    }

    /// What an enricher is built for behind an encoder, and the preprocessing that goes with it.
    static func host(
        for enricher: PluginChoice, behind encoder: any VisionEncoder,
        _ requested: ImagePreprocessing, _ catalog: PluginCatalog, in context: Context
    ) throws -> (shape: HostShape, preprocessing: ImagePreprocessing) {
        let manifest = try catalog.entry(.enricher, enricher.id).manifest
        let preprocessing = requested.resolved(
            for: encoder.resolution, usesHighView: manifest.usesHighView)
        guard preprocessing.lowResolution == encoder.resolution else {
            throw PluginError.assembly(
                "The encoder reads \(encoder.resolution) px, but preprocessing makes a low view of "
                    + "\(preprocessing.lowResolution) px (low_resolution).")
        }
        guard (1...VisionLimits.resolution).contains(preprocessing.highResolution) else {
            throw PluginError.configuration(
                plugin: "recipe", key: "preprocessing.high_resolution",
                problem:
                    "must be from 1 to \(VisionLimits.resolution), or 0 for what the enricher wants, got "
                    + "\(preprocessing.highResolution)")
        }
        let shape = HostShape(
            channels: encoder.channels, grid: encoder.grid, prefixTokens: encoder.prefixTokens,
            lowResolution: preprocessing.lowResolution,
            highResolution: preprocessing.highResolution, preprocessing: preprocessing,
            context: context)
        return (shape, preprocessing)
    }

    /// Ids that end an answer.
    public var endTokens: Set<Int> {
        recipe.endTokens.isEmpty ? [tokenizer.endOfText] : Set(recipe.endTokens)
    }

    /// Views of pictures as the recipe's preprocessing prepares them.
    public func views(of images: [Image]) throws -> ImageViews {
        try recipe.preprocessing.views(of: images, in: context)
    }

    /// The enriched features of a batch (the paper's equation 4 for the enrichers it describes).
    public func enrichedFeatures(_ views: ImageViews) throws -> FeatureMap {
        try enricher(enricherInput(base: encoder(views.low), views))
    }

    /// What the enricher is given: E(i), the views, and the stages on either side to run again.
    public func enricherInput(base: FeatureMap, _ views: ImageViews) -> EnricherInput {
        EnricherInput(
            base: base, image: views, encode: { try self.encoder($0) },
            project: { map in try self.projector.withoutCaptures { try self.projector(map) } })
    }

    /// Image tokens of a batch: [N, T, hidden].
    public func imageTokens(_ views: ImageViews) throws -> Tensor {
        try projector(enrichedFeatures(views))
    }

    /// Whether all parameters are used for training or as they are (dropout, batch norm).
    public func setTraining(_ training: Bool) { train(training) }
}
