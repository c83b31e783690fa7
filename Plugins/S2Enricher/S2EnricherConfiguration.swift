import HireVLM

/// Options of `s2`.
struct S2EnricherConfiguration: PluginConfiguration {
    var scales: [Int] = []
    var resizeOutputTo = 0
    var tilesAtOnce = 0
    var upsample = false

    enum CodingKeys: String, CodingKey {
        case scales
        case resizeOutputTo = "resize_output_to"
        case tilesAtOnce = "tiles_at_once"
        case upsample
    }

    static let notes = [
        "scales":
            "Sides in pixels: the encoder's and multiples of it; empty is the encoder's and the high view's.",
        "resize_output_to":
            "The scale whose grid all maps are brought to, in pixels; 0 is the smallest.",
        "tiles_at_once":
            "Tiles that the encoder sees in one batch (fewer need less memory); 0 is all of a scale.",
        "upsample":
            "Whether a scale may be larger than the high view, which is then upsampled to it.",
    ]

    init() {}
}
