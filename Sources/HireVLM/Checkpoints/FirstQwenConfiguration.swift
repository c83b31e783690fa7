import HireFiles

/// The first Qwen's config.json (`model_type` "qwen") as options of the language model `qwen2`.
public enum FirstQwenConfiguration {
    /// The choice of `qwen2` that computes what the configuration describes.
    ///
    /// `intermediate_size` counts both branches of the perceptron, so half of it is one branch's. Dynamic NTK and log-n
    /// attention change nothing up to the trained length `seq_length`; where either is on, longer sequences are refused.
    ///
    /// - Parameter source: the file's path, for errors.
    /// - Throws: `FileError` naming the key that is missing or does not fit.
    public static func languageModel(_ config: JSONObject, source: String) throws -> PluginChoice {
        let hidden = try config.requireInt("intermediate_size", source: source)
        guard hidden > 0, hidden % 2 == 0 else {
            throw FileError.badData(
                source, "the value of 'intermediate_size' does not fit",
                expected: "an even number, both branches of the perceptron", got: "\(hidden)")
        }
        if let part = config["rotary_pct"]?.doubleValue, part != 1 {
            throw FileError.badData(
                source, "the value of 'rotary_pct' does not fit", expected: "1", got: "\(part)")
        }
        for (key, expected) in [("no_bias", true), ("scale_attn_weights", true)] {
            if let value = config[key]?.boolValue, value != expected {
                throw FileError.badData(
                    source, "the value of '\(key)' does not fit", expected: "\(expected)",
                    got: "\(value)")
            }
        }
        let trained = try config.requireInt("seq_length", source: source)
        let stretches = ["use_dynamic_ntk", "use_logn_attn"].contains {
            config[$0]?.boolValue == true
        }
        let positions = config["max_position_embeddings"]?.intValue ?? trained
        var options: JSONObject = [
            "hidden_size": .integer(Int64(try config.requireInt("hidden_size", source: source))),
            "intermediate_size": .integer(Int64(hidden / 2)),
            "max_position_embeddings": .integer(
                Int64(stretches ? min(trained, positions) : positions)),
            "rms_norm_eps": .number(
                try config.requireDouble("layer_norm_epsilon", source: source)),
            "rope_theta": .number(try config.requireDouble("rotary_emb_base", source: source)),
        ]
        for key in ["vocab_size", "num_hidden_layers", "num_attention_heads"] {
            options[key] = .integer(Int64(try config.requireInt(key, source: source)))
        }
        if let width = config["kv_channels"]?.intValue {
            options["head_dim"] = .integer(Int64(width))
        }
        if let isTied = config["tie_word_embeddings"]?.boolValue {
            options["tie_word_embeddings"] = .bool(isTied)
        }
        return PluginChoice("qwen2", options)
    }
}
