import HireFiles
import HireVLM

/// Options that make a plugin small where its defaults are a model of real size.
enum SmallOverrides {
    private static let table: [String: JSONObject] = ["llama": decoder, "qwen2": decoder]

    private static let decoder: JSONObject = [
        "hidden_size": 16, "intermediate_size": 24, "num_hidden_layers": 2,
        "num_attention_heads": 4, "num_key_value_heads": 2, "max_position_embeddings": 512,
    ]

    /// The plugin, small.
    static func choice(_ id: String) -> PluginChoice {
        PluginChoice(id, table[id] ?? JSONObject())
    }
}
