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

    /// The decoder these options describe: no biases, an untied output layer, PyTorch's initial values.
    ///
    /// - Throws: `PluginError.configuration`.
    func architecture(_ vocabularySize: Int) throws -> DecoderArchitecture {
        let keys = DecoderArchitecture.Keys(
            width: "width", hidden: "hidden", layers: "layers", heads: "heads",
            keyValueHeads: "kv_heads", headWidth: "heads", epsilon: "epsilon", theta: "theta",
            maximumPositions: "max_positions")
        let architecture = DecoderArchitecture(
            plugin: "small-llama", keys: keys, vocabularySize: vocabularySize, width: width,
            hidden: hidden, layers: layers, heads: heads, keyValueHeads: keyValueHeads,
            ownHeadWidth: nil, epsilon: epsilon, theta: theta,
            maximumPositions: maximumPositions,
            embeddingInitializer: .normal(deviation: embeddingDeviation))
        try architecture.check()
        return architecture
    }
}
