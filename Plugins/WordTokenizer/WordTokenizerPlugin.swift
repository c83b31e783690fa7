import HireVLM

/// Registers `words`, a closed vocabulary of whole words.
public enum WordTokenizerPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.tokenizer(
            PluginManifest(
                id: "words", kind: .tokenizer,
                summary: "One id per word of the task's corpus; case and punctuation are dropped.",
                reference: "easy-VQA's bag of words, kept in order"),
            NoConfiguration.self
        ) { _, corpus in WordTokenizer(corpus: corpus) }
    }
}
