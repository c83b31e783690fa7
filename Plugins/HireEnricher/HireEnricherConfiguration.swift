import HireVLM

/// Options of `hire`; the defaults are the configuration that reproduces the paper's cost table: 247,198 parameters.
struct HireEnricherConfiguration: PluginConfiguration {
    /// Normalisation inside the UNet's blocks.
    enum Norm: String, Codable, Sendable { case batch, none }
    /// How the UNet's decoder doubles its grid: bilinearly, the same and a 1x1 convolution to the decoder's width, or by a
    /// transposed 2x2 convolution to that width.
    enum Upsampling: String, Codable, Sendable { case bilinear, projected, transposed }

    var widths = [12, 32, 32, 32, 32]
    var decoderWidths: [Int] = []
    var finest = 0
    var bottleneck = 32
    var convolutions = 2
    var norm = Norm.batch
    var upsampling = Upsampling.bilinear
    var recompute = true
    var align = 32
    var grids = GuidanceGrids.unet
    var keySize = 32
    var radius = 3
    var fixup = true
    var dropout = 0.1

    enum CodingKeys: String, CodingKey {
        case widths
        case decoderWidths = "decoder_widths"
        case finest, bottleneck, convolutions, norm, upsampling, recompute, align, grids
        case keySize = "key_size"
        case radius, fixup, dropout
    }

    static let notes = JointBilateralOptions.notes.merging([
        "widths":
            "Channels of the UNet's levels, finest first: level k has the grid R/2^k.",
        "decoder_widths":
            "Channels of the decoder's levels, finest first, one per pooling; empty mirrors widths.",
        "finest":
            "Levels at the fine end that guide no stage: 0 lets the last stage reach the picture's own grid.",
        "bottleneck":
            "Channels one pooling below the last level; 0: none, the last level is the coarsest guidance.",
        "convolutions":
            "3x3 convolutions per block.",
        "norm":
            "Normalisation after each convolution: batch, or none, which gives the convolutions biases.",
        "upsampling":
            "How the decoder doubles its grid: bilinear, projected (bilinear, then 1x1) or transposed (2x2).",
        "recompute":
            "Whether training keeps only the ends of the UNet's levels and computes the rest again: less memory, more time.",
        "align":
            "The picture's side is brought to a multiple of this and of 2^poolings (1008 becomes 1024).",
        "grids":
            "The stages' grids: unet (R/2^k) or doubling (the features' grid times 2, 4, 8, …).",
    ]) { $1 }

    init() {}
}
