import HireVLM

/// Options of `s2`.
struct S2EnricherConfiguration: PluginConfiguration {
    /// Sides in pixels, each a multiple of the smallest, which is the encoder's resolution; empty stands for the
    /// encoder's and the high view's.
    var scales: [Int] = []
    /// The scale whose grid all maps are brought to, in pixels; 0 stands for the smallest.
    var resizeOutputTo = 0
    /// Tiles that the encoder sees in one batch (fewer need less memory); 0 stands for all of a scale.
    var tilesAtOnce = 0
    /// Whether a scale may be larger than the high view, which is then upsampled to it.
    var upsample = false

    enum CodingKeys: String, CodingKey {
        case scales
        case resizeOutputTo = "resize_output_to"
        case tilesAtOnce = "tiles_at_once"
        case upsample
    }

    init() {}
}
