/// The files that make up a tokenizer in a model folder.
enum TokenizerFiles {
    /// Any one of them makes a folder one with a tokenizer.
    static let decisive = ["tokenizer.json", "tokenizer.model", "vocab.json"]
    /// All that is copied when a model is saved elsewhere.
    static let all =
        decisive + [
            "merges.txt", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        ]
}
