import HireVLM

/// Options of `small-vit`.
struct SmallVisionTransformerConfiguration: PluginConfiguration {
    /// Side of the square input, in pixels.
    var resolution = 16
    /// Side of a patch, in pixels.
    var patch = 4
    /// Width of the tokens.
    var width = 64
    /// Transformer blocks.
    var layers = 2
    /// Attention heads.
    var heads = 4
    /// Width of the blocks' perceptrons.
    var hidden = 128
    /// Standard deviation of the position embedding's initial values.
    var positionDeviation = 0.02

    enum CodingKeys: String, CodingKey {
        case resolution, patch, width, layers, heads, hidden
        case positionDeviation = "position_std"
    }

    init() {}
}
