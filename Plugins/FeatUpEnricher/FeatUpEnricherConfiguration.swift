import HireVLM

/// Options of `featup`; the defaults are FeatUp's `JBUStack`.
struct FeatUpEnricherConfiguration: PluginConfiguration {
    /// Number of stages; each doubles the grid of the one before (four make x16).
    var stages = 4
    /// Width of the space in which the bilateral kernels compare neighbours.
    var keySize = 32
    /// Reach of the bilateral kernels: (2r+1)^2 taps.
    var radius = 3
    /// Whether a perceptron corrects the normalised kernels.
    var fixup = true
    /// Probability with which training drops a channel inside the bilateral stages.
    var dropout = 0.1
    /// Whether a 1x1 convolution over the features, times 0.1, is added to the upsampled map.
    var finalFixup = true
    /// Probability with which training drops a feature channel before that convolution.
    var finalDropout = 0.2

    enum CodingKeys: String, CodingKey {
        case stages
        case keySize = "key_size"
        case radius, fixup, dropout
        case finalFixup = "final_fixup"
        case finalDropout = "final_dropout"
    }

    init() {}
}
