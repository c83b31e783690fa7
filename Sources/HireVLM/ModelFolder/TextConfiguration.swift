import HireFiles

/// Reads the configuration of a causal language model as the choice of a plugin.
struct TextConfiguration {
    /// What a value is in the classes' own configurations where a file leaves it out.
    private static let defaults: [String: JSONObject] = [
        "llama": [
            "vocab_size": 32000, "hidden_size": 4096, "intermediate_size": 11008,
            "num_hidden_layers": 32, "num_attention_heads": 32, "hidden_act": "silu",
            "max_position_embeddings": 2048, "rms_norm_eps": 1e-6, "tie_word_embeddings": false,
            "rope_theta": 10000.0, "attention_bias": false, "mlp_bias": false,
        ],
        "qwen2": [
            "vocab_size": 151_936, "hidden_size": 4096, "intermediate_size": 22016,
            "num_hidden_layers": 32, "num_attention_heads": 32, "num_key_value_heads": 32,
            "hidden_act": "silu", "max_position_embeddings": 32768, "rms_norm_eps": 1e-6,
            "tie_word_embeddings": false, "rope_theta": 10000.0,
        ],
    ]

    /// The language model.
    let choice: PluginChoice
    /// Whether it speaks Qwen's chat format.
    let isQwen: Bool
    /// Whether the output layer shares the embedding's weights.
    let isTied: Bool
    /// Whether the weights have Qwen-7B v1's names.
    let isFirstQwen: Bool

    /// - Parameters:
    ///   - type: "llama" or "qwen2".
    ///   - source: the file that the configuration stands in, for errors.
    init(_ json: JSONObject, type: String, source: String) throws {
        isFirstQwen = type == "qwen"
        let family = isFirstQwen ? "qwen2" : type
        guard let defaults = Self.defaults[family] else {
            throw FileError.badData(
                source, "the language model is of a kind that this toolkit does not read",
                expected: (Self.defaults.keys.sorted() + ["qwen"]).joined(separator: ", "),
                got: "'\(type)'")
        }
        let json = isFirstQwen ? try Self.translated(json, source) : json
        var values = JSONObject()
        for (key, standard) in defaults.members {
            let value = json[key] ?? standard
            values[key] = value == .null ? standard : value
        }
        for key in ["num_key_value_heads", "head_dim"] {
            if let value = json[key], value != .null { values[key] = value }
        }
        // Older files keep the base of the rotary angles apart, newer ones in a table with the scaling.
        for key in ["rope_parameters", "rope_scaling"] {
            guard let table = json[key]?.objectValue else { continue }
            var scaling = table
            if let base = table["rope_theta"] { values["rope_theta"] = base }
            scaling["rope_theta"] = nil
            if scaling["rope_type"] == nil, let type = scaling["type"] {
                scaling["rope_type"] = type
            }
            scaling["type"] = nil
            if scaling["rope_type"] != "default", !scaling.isEmpty {
                values["rope_scaling"] = .object(scaling)
            }
            break
        }
        if json["use_sliding_window"] == .bool(true) {
            throw FileError.badData(
                source,
                "the language model attends through a sliding window, which is not supported",
                expected: "use_sliding_window false", got: "true")
        }
        isQwen = family == "qwen2"
        isTied = values["tie_word_embeddings"] == .bool(true)
        choice = PluginChoice(family, values)
    }

    /// Qwen-7B v1's keys under the names of its successors.
    private static func translated(_ json: JSONObject, _ source: String) throws -> JSONObject {
        var result = json
        result["intermediate_size"] = .integer(
            Int64(try json.requireInt("intermediate_size", source: source) / 2))
        result["num_key_value_heads"] = json["num_attention_heads"] ?? 32
        result["rms_norm_eps"] = json["layer_norm_epsilon"] ?? 1e-6
        result["rope_theta"] = json["rotary_emb_base"] ?? 10000.0
        result["max_position_embeddings"] = json["seq_length"] ?? 8192
        return result
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
