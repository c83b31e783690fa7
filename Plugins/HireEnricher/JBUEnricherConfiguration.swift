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

    static let notes = JointBilateralOptions.notes.merging([
        "stages":
            "Number of stages; each doubles the grid of the one before.",
        "finest":
            "The last stage's grid is R/2^finest (0 is the picture's own grid), unless grids are doubled.",
        "grids":
            "The stages' grids: unet (R/2^k) or doubling (the features' grid times 2, 4, 8, …).",
    ]) { $1 }

    init() {}
}
