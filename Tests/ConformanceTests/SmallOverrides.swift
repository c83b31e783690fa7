import HireFiles
import HireVLM

/// Options that make a plugin small where its defaults are a model of real size.
enum SmallOverrides {
    private static let table: [String: JSONObject] = [
        "clip": vision(["intermediate_size": 24]),
        "siglip": vision(["intermediate_size": 24]),
        // Registers, and a position table that is interpolated.
        "dinov2": vision(["mlp_ratio": 2, "num_register_tokens": 2, "resolution": 16]),
        "llama": decoder, "qwen2": decoder,
        // The encoders of these tests have no class token.
        "dragonfly": ["class_tokens": false, "separator": true],
        "anyres": ["separator": true],
    ]

    private static let decoder: JSONObject = [
        "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 512,
    ]

    private static func vision(_ options: JSONObject) -> JSONObject {
        var all: JSONObject = [
            "hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 2,
            "image_size": 12, "patch_size": 4,
        ]
        for (key, value) in options.members { all[key] = value }
        return all
    }

    /// The plugin, small.
    static func choice(_ id: String) -> PluginChoice {
        PluginChoice(id, table[id] ?? JSONObject())
    }
}
