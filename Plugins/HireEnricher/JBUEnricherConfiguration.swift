import HireVLM

/// Options of `jbu`; with five stages and the defaults it has 31,165 parameters.
struct JBUEnricherConfiguration: PluginConfiguration {
    /// Number of stages; each doubles the grid of the one before.
    var stages = 5
    /// The last stage's grid is R/2^finest (0 is the picture's own grid), unless grids are doubled.
    var finest = 0
    /// The grids of the stages.
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
        case stages, finest, grids
        case keySize = "key_size"
        case radius, fixup, dropout
    }

    init() {}
}
