import HireVLM

/// Options of `small-llama`.
struct SmallLlamaConfiguration: PluginConfiguration {
    /// Width of the embeddings.
    var width = 64
    /// Decoder blocks.
    var layers = 2
    /// Query heads.
    var heads = 4
    /// Key and value heads; each serves heads / kv_heads query heads.
    var keyValueHeads = 4
    /// Width of the gated perceptrons.
    var hidden = 128
    /// RMSNorm's epsilon.
    var epsilon = 1e-5
    /// Base of the rotary angles.
    var theta = 10_000.0
    /// Longest sequence, image tokens included.
    var maximumPositions = 1024
    /// Standard deviation of the token embedding's initial values.
    var embeddingDeviation = 0.02

    enum CodingKeys: String, CodingKey {
        case width, layers, heads, hidden, epsilon, theta
        case keyValueHeads = "kv_heads"
        case maximumPositions = "max_positions"
        case embeddingDeviation = "embedding_std"
    }

    init() {}
}
