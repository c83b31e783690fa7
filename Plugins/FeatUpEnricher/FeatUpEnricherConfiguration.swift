import HireVLM

/// Options of `featup`; the defaults are FeatUp's `JBUStack`.
struct FeatUpEnricherConfiguration: PluginConfiguration {
    var stages = 4
    var keySize = 32
    var radius = 3
    var fixup = true
    var dropout = 0.1
    var finalFixup = true
    var finalDropout = 0.2

    enum CodingKeys: String, CodingKey {
        case stages
        case keySize = "key_size"
        case radius, fixup, dropout
        case finalFixup = "final_fixup"
        case finalDropout = "final_dropout"
    }

    static let notes = JointBilateralOptions.notes.merging([
        "stages":
            "Number of stages; each doubles the grid of the one before (four make x16).",
        "final_fixup":
            "Whether a 1x1 convolution over the features, times 0.1, is added to the upsampled map.",
        "final_dropout":
            "Probability with which training drops a feature channel before that convolution.",
    ]) { $1 }

    init() {}
}
