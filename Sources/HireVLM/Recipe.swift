import HireFiles

/// Everything that determines a pipeline, as data: plugin choices, preprocessing and prompt.
public struct Recipe: Sendable, Equatable {
    /// The vision encoder.
    public var encoder = PluginChoice("small-vit")
    /// The enricher.
    public var enricher = PluginChoice("none")
    /// The projector.
    public var projector = PluginChoice("mlp")
    /// The language model.
    public var languageModel = PluginChoice("small-llama")
    /// The tokenizer.
    public var tokenizer = PluginChoice("words")
    /// How pictures become views.
    public var preprocessing = ImagePreprocessing()
    /// Text around the question, or the name of a `ConversationTemplate`.
    ///
    /// `<image>` marks where image tokens go and `{question}` the question.
    public var prompt = "<image>{question}"
    /// How the prompt becomes ids.
    public var imageTokenisation = ImageTokenisation.split
    /// Ids that end an answer; empty for the tokenizer's end of text alone.
    public var endTokens: [Int] = []

    /// The default recipe.
    public init() {}

    /// The names of the fields in scripts and JSON.
    static let keys = [
        "encoder", "enricher", "projector", "language_model", "tokenizer", "preprocessing",
        "prompt", "image_tokenisation", "end_tokens",
    ]

    /// Reads a recipe; fields that are left out keep their defaults.
    ///
    /// - Throws: `PluginError` naming an unknown field and the nearest one.
    public init(_ json: JSONObject) throws {
        for (key, value) in json.members {
            switch key {
            case "encoder": encoder = try PluginChoice(value, for: .encoder)
            case "enricher": enricher = try PluginChoice(value, for: .enricher)
            case "projector": projector = try PluginChoice(value, for: .projector)
            case "language_model": languageModel = try PluginChoice(value, for: .languageModel)
            case "tokenizer": tokenizer = try PluginChoice(value, for: .tokenizer)
            case "preprocessing":
                guard case .object(let object) = value else {
                    throw Recipe.misfit(key, "must be a table, got \(value.kindName)")
                }
                preprocessing = try ImagePreprocessing.decode(object, plugin: "preprocessing")
            case "prompt":
                guard let text = value.stringValue else {
                    throw Recipe.misfit(key, "must be a text, got \(value.kindName)")
                }
                _ = try ConversationTemplate(text)
                prompt = text
            case "image_tokenisation":
                guard let way = value.stringValue.flatMap(ImageTokenisation.init) else {
                    throw Recipe.misfit(
                        key,
                        "must be \(ImageTokenisation.allCases.map { "'\($0)'" }.joined(separator: " or "))"
                    )
                }
                imageTokenisation = way
            case "end_tokens":
                guard let ids = value.arrayValue?.map(\.intValue), !ids.contains(nil) else {
                    throw Recipe.misfit(key, "must be a list of ids")
                }
                endTokens = ids.compactMap { $0 }
            default:
                throw PluginError.unknownKey(
                    plugin: "recipe",
                    suggestion: NearestNames.sentence(kind: "field", name: key, among: Recipe.keys))
            }
        }
    }

    /// The whole recipe as JSON.
    public func json() throws -> JSONObject {
        [
            "encoder": encoder.json, "enricher": enricher.json, "projector": projector.json,
            "language_model": languageModel.json, "tokenizer": tokenizer.json,
            "preprocessing": .object(try preprocessing.json()), "prompt": .string(prompt),
            "image_tokenisation": .string(imageTokenisation.rawValue),
            "end_tokens": .array(endTokens.map { .integer(Int64($0)) }),
        ]
    }

    private static func misfit(_ key: String, _ problem: String) -> PluginError {
        .configuration(plugin: "recipe", key: key, problem: problem)
    }
}
