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
    /// Text around the question; `<image>` marks where image tokens go and `{question}` the question.
    public var prompt = "<image>{question}"

    /// The default recipe.
    public init() {}

    /// The names of the fields in scripts and JSON.
    static let keys = [
        "encoder", "enricher", "projector", "language_model", "tokenizer", "preprocessing",
        "prompt",
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
                    throw PluginError.configuration(
                        plugin: "recipe", key: key,
                        problem: "must be a table, got \(value.kindName)")
                }
                preprocessing = try ImagePreprocessing.decode(object, plugin: "preprocessing")
            case "prompt":
                guard case .string(let text) = value, text.contains("{question}") else {
                    throw PluginError.configuration(
                        plugin: "recipe", key: key, problem: "must be a text with {question} in it")
                }
                prompt = text
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
        ]
    }
}
