import HireVLM

/// Options of `hire`; the defaults are the configuration that reproduces the paper's cost table: 247,198 parameters.
struct HireEnricherConfiguration: PluginConfiguration {
    /// Normalisation inside the UNet's blocks.
    enum Norm: String, Codable, Sendable { case batch, none }
    /// How the UNet's decoder doubles its grid.
    enum Upsampling: String, Codable, Sendable { case bilinear, transposed }

    /// Channels of the UNet's levels, finest first: level k has the grid R/2^k, and as many poolings follow.
    var widths = [12, 32, 32, 32, 32]
    /// Levels at the fine end that guide no stage: 0 lets the last stage reach the picture's own grid.
    var finest = 0
    /// Channels of the UNet's bottleneck.
    var bottleneck = 32
    /// 3x3 convolutions per block.
    var convolutions = 2
    /// Normalisation after each convolution.
    var norm = Norm.batch
    /// How the decoder doubles its grid.
    var upsampling = Upsampling.bilinear
    /// Whether training keeps the UNet's levels only at their ends and computes the middle again for gradients: at 672
    /// pixels three fifths of the memory (287 MB, not 486) for one more forward pass.
    var recompute = true
    /// The picture's side is brought to a multiple of this before the UNet (1008 becomes 1024); at least 2^levels.
    var align = 32
    /// Width of the space in which the bilateral kernels compare neighbours.
    var keySize = 32
    /// Reach of the bilateral kernels: (2r+1)^2 taps.
    var radius = 3
    /// Probability with which training drops a channel inside the bilateral stages.
    var dropout = 0.1

    enum CodingKeys: String, CodingKey {
        case widths, finest, bottleneck, convolutions, norm, upsampling, align, recompute
        case keySize = "key_size"
        case radius, dropout
    }

    init() {}
}
