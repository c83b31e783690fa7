import HireVLM

/// Options of `hire`; the defaults are the configuration that reproduces the paper's cost table: 247,198 parameters.
struct HireEnricherConfiguration: PluginConfiguration {
    /// Normalisation inside the UNet's blocks.
    enum Norm: String, Codable, Sendable { case batch, none }
    /// How the UNet's decoder doubles its grid: bilinearly, the same and a 1x1 convolution to the decoder's width, or by a
    /// transposed 2x2 convolution to that width.
    enum Upsampling: String, Codable, Sendable { case bilinear, projected, transposed }

    /// Channels of the UNet's levels, finest first: level k has the grid R/2^k.
    var widths = [12, 32, 32, 32, 32]
    /// Channels of the decoder's levels, finest first; empty mirrors `widths`.
    var decoderWidths: [Int] = []
    /// Levels at the fine end that guide no stage: 0 lets the last stage reach the picture's own grid.
    var finest = 0
    /// Channels of the UNet's bottleneck, one pooling below the last level; 0 leaves it out, and the last level itself is
    /// the coarsest guidance.
    var bottleneck = 32
    /// 3x3 convolutions per block.
    var convolutions = 2
    /// Normalisation after each convolution; `none` gives the convolutions biases.
    var norm = Norm.batch
    /// How the decoder doubles its grid.
    var upsampling = Upsampling.bilinear
    /// The picture's side is brought to a multiple of this, and of 2^poolings, before the UNet (1008 becomes 1024).
    var align = 32
    /// The grids of the bilateral stages.
    var grids = GuidanceGrids.unet
    /// Width of the space in which the bilateral kernels compare neighbours.
    var keySize = 32
    /// Reach of the bilateral kernels: (2r+1)^2 taps.
    var radius = 3
    /// Whether a perceptron corrects the normalised kernels.
    var fixup = true
    /// Probability with which training drops a channel inside the bilateral stages.
    var dropout = 0.1

    enum CodingKeys: String, CodingKey {
        case widths
        case decoderWidths = "decoder_widths"
        case finest, bottleneck, convolutions, norm, upsampling, align, grids
        case keySize = "key_size"
        case radius, fixup, dropout
    }

    init() {}
}
