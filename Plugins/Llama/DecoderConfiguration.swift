import HireFiles
import HireNN
import HireVLM

/// Options of `llama` and `qwen2`: the keys of Hugging Face's config.json and the name of a well-known model.
///
/// A number that is 0, null or left out is the variant's, or without a variant what the configuration class of
/// Hugging Face fills in.
struct DecoderConfiguration<Family: DecoderFamily>: PluginConfiguration {
    /// A well-known model that supplies the numbers left at 0, such as "vicuna-7b"; "" for none.
    var variant = ""
    /// Rows of the embedding; may exceed the tokenizer's entries; 0 without a variant is the tokenizer's.
    var vocabularySize = 0
    /// Width of the embeddings.
    var width = 0
    /// Width of the gated perceptrons.
    var hidden = 0
    /// Decoder blocks.
    var layers = 0
    /// Query heads.
    var heads = 0
    /// Key and value heads; without a variant, 0 is as many as query heads.
    var keyValueHeads = 0
    /// Width of a head; 0 is hidden_size / num_attention_heads.
    var headWidth = 0
    /// What the gate's projection goes through.
    var activation = "silu"
    /// RMSNorm's epsilon.
    var epsilon = 0.0
    /// Base of the rotary angles; `rope_parameters` may hold it instead.
    var theta = 0.0
    /// Scaling of the rotary angles as transformers 4 writes it; empty for none.
    var ropeScaling = RopeOptions()
    /// Base and scaling of the rotary angles as transformers 5 writes them; empty for none.
    var ropeParameters = RopeOptions()
    /// Longest sequence, image tokens included.
    var maximumPositions = 0
    /// Biases of the attention: llama's four projections, qwen2's query, key and value.
    var attentionBias = Family.hasAttentionBias
    /// Biases of the perceptron.
    var perceptronBias = false
    /// Whether logits are products with the token embedding; some variants are tied anyway.
    var isTied = false
    /// Standard deviation of the initial values.
    var initializerRange = 0.02
    /// Whether layers from max_window_layers on see sliding_window positions only.
    var usesSlidingWindow = false
    /// Reach of such layers.
    var slidingWindow = 0
    /// The first of such layers.
    var maximumWindowLayers = 0
    /// The kind of each layer's attention; only "full_attention" exists here.
    var layerTypes: [String] = []

    enum CodingKeys: String, CodingKey {
        case variant
        case vocabularySize = "vocab_size"
        case width = "hidden_size"
        case hidden = "intermediate_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case keyValueHeads = "num_key_value_heads"
        case headWidth = "head_dim"
        case activation = "hidden_act"
        case epsilon = "rms_norm_eps"
        case theta = "rope_theta"
        case ropeScaling = "rope_scaling"
        case ropeParameters = "rope_parameters"
        case maximumPositions = "max_position_embeddings"
        case attentionBias = "attention_bias"
        case perceptronBias = "mlp_bias"
        case isTied = "tie_word_embeddings"
        case initializerRange = "initializer_range"
        case usesSlidingWindow = "use_sliding_window"
        case slidingWindow = "sliding_window"
        case maximumWindowLayers = "max_window_layers"
        case layerTypes = "layer_types"
    }

    init() {}

    /// Reads what is there and not null.
    init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func read<Value: Decodable>(_ key: CodingKeys, _ target: inout Value) throws {
            if let value = try values.decodeIfPresent(Value.self, forKey: key) { target = value }
        }
        try read(.variant, &variant)
        try read(.vocabularySize, &vocabularySize)
        try read(.width, &width)
        try read(.hidden, &hidden)
        try read(.layers, &layers)
        try read(.heads, &heads)
        try read(.keyValueHeads, &keyValueHeads)
        try read(.headWidth, &headWidth)
        try read(.activation, &activation)
        try read(.epsilon, &epsilon)
        try read(.theta, &theta)
        try read(.ropeScaling, &ropeScaling)
        try read(.ropeParameters, &ropeParameters)
        try read(.maximumPositions, &maximumPositions)
        try read(.attentionBias, &attentionBias)
        try read(.perceptronBias, &perceptronBias)
        try read(.isTied, &isTied)
        try read(.initializerRange, &initializerRange)
        try read(.usesSlidingWindow, &usesSlidingWindow)
        try read(.slidingWindow, &slidingWindow)
        try read(.maximumWindowLayers, &maximumWindowLayers)
        try read(.layerTypes, &layerTypes)
    }
}
