import HireVLM

/// What `pretrained` can be told.
public struct PretrainedTokenizerConfiguration: PluginConfiguration {
    /// The folder of a checkpoint, or a tokenizer.json or tokenizer.model.
    public var path = ""
    /// How a tokenizer.model treats the space before a text: "folder" (as its tokenizer_config.json says), "legacy" or "modern".
    public var spaces = "folder"

    /// The defaults.
    public init() {}

    /// The `legacy` of `PretrainedTokenizer.load`.
    ///
    /// - Throws: `PluginError.configuration` for another word.
    func legacy() throws -> Bool? {
        switch spaces {
        case "folder": return nil
        case "legacy": return true
        case "modern": return false
        default:
            throw PluginError.configuration(
                plugin: "pretrained", key: "spaces",
                problem: "must be 'folder', 'legacy' or 'modern', got '\(spaces)'")
        }
    }
}

/// Registers `pretrained`, the tokenizer of a checkpoint.
public enum SubwordTokenizerPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.tokenizer(
            PluginManifest(
                id: "pretrained", kind: .tokenizer,
                summary:
                    "The tokenizer of a checkpoint: SentencePiece, tokenizer.json, or vocab.json with merges.txt.",
                reference: "sentencepiece; Hugging Face tokenizers"),
            PretrainedTokenizerConfiguration.self
        ) { configuration, _ in
            if configuration.path.isEmpty {
                throw PluginError.configuration(
                    plugin: "pretrained", key: "path",
                    problem: "must name a folder, a tokenizer.json or a tokenizer.model")
            }
            return try PretrainedTokenizer.load(
                configuration.path, legacy: configuration.legacy())
        }
    }
}
