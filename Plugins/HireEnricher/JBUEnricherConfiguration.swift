import HireVLM

/// Options of `jbu`; with five stages and the defaults it has 31,165 parameters.
struct JBUEnricherConfiguration: PluginConfiguration {
    var stages = 5
    var finest = 0
    var grids = GuidanceGrids.unet
    var keySize = 32
    var radius = 3
    var fixup = true
    var dropout = 0.1

    enum CodingKeys: String, CodingKey {
        case stages, finest, grids
        case keySize = "key_size"
        case radius, fixup, dropout
    }

    static let notes = [
        "stages":
            "Number of stages; each doubles the grid of the one before.",
        "finest":
            "The last stage's grid is R/2^finest (0 is the picture's own grid), unless grids are doubled.",
        "grids":
            "The stages' grids: unet (R/2^k) or doubling (the features' grid times 2, 4, 8, …).",
        "key_size":
            "Width of the space in which the bilateral kernels compare neighbours.",
        "radius":
            "Reach of the bilateral kernels: (2r+1)^2 taps.",
        "fixup":
            "Whether a perceptron corrects the normalised kernels, as in FeatUp.",
        "dropout":
            "Probability with which training drops a channel inside the bilateral stages.",
    ]

    init() {}
}
