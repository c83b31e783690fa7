import HireFiles

/// Reads the configuration of a causal language model as the choice of a plugin.
struct TextConfiguration {
    /// What the plugins read; whatever a file leaves out they fill in as Hugging Face's classes do.
    ///
    /// All else that stands in such files (dropout, initialisation, ids of special tokens) changes no number.
    private static let keys = [
        "vocab_size", "hidden_size", "intermediate_size", "num_hidden_layers",
        "num_attention_heads", "num_key_value_heads", "head_dim", "hidden_act", "rms_norm_eps",
        "rope_theta", "rope_scaling", "rope_parameters", "max_position_embeddings",
        "attention_bias", "mlp_bias", "tie_word_embeddings", "use_sliding_window",
        "sliding_window", "max_window_layers", "layer_types",
    ]
    private static let families = ["llama", "qwen2"]

    /// The language model.
    let choice: PluginChoice
    /// Whether it speaks Qwen's chat format.
    let isQwen: Bool
    /// Whether the output layer shares the embedding's weights.
    let isTied: Bool
    /// Whether the weights have Qwen-7B v1's names.
    let isFirstQwen: Bool

    /// - Parameters:
    ///   - type: "llama", "qwen2" or "qwen" (v1).
    ///   - source: the file that the configuration stands in, for errors.
    init(_ json: JSONObject, type: String, source: String) throws {
        isFirstQwen = type == "qwen"
        isQwen = isFirstQwen || type == "qwen2"
        if isFirstQwen {
            choice = try FirstQwenConfiguration.languageModel(json, source: source)
        } else {
            guard Self.families.contains(type) else {
                throw FileError.badData(
                    source, "the language model is of a kind that this toolkit does not read",
                    expected: (Self.families + ["qwen"]).joined(separator: ", "), got: "'\(type)'")
            }
            var options = JSONObject()
            for key in Self.keys {
                if let value = json[key], value != .null { options[key] = value }
            }
            // The class fills this in when the file says nothing; the plugin would take the tokenizer's size.
            if options["vocab_size"] == nil {
                options["vocab_size"] = type == "llama" ? 32000 : 151_936
            }
            if type == "llama" { options["use_sliding_window"] = nil }
            choice = PluginChoice(type, options)
        }
        isTied = choice.configuration["tie_word_embeddings"] == .bool(true)
    }
}

extension JSONObject {
    /// The same with one more member.
    func with(_ key: String, _ value: JSONValue) -> JSONObject {
        var copy = self
        copy[key] = value
        return copy
    }
}
