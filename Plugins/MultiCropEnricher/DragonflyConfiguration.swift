import HireVLM

/// Options of `dragonfly`.
struct DragonflyConfiguration: PluginConfiguration {
    /// 2: every crop, pooled; 1: all tokens of the crops that look like their surroundings.
    var version = 2
    /// Whether each crop's tokens begin with the encoder's class token.
    var classTokens = true
    /// Side of the squares of a crop's map that are averaged into one token; 0 stands for 4 in version 2 and 1 in version 1.
    var pool = 0
    /// Version 1: how many crops at high magnification are kept for each crop at middle magnification.
    var top = 3
    /// Whether a learned embedding follows the whole picture and each crop.
    var separator = false
    /// Crops in one pass of the encoder.
    var cropsAtOnce = 8
    /// Whether a high view that is smaller than the crops together may be enlarged, where the pictures are not known.
    var upsample = false

    enum CodingKeys: String, CodingKey {
        case version, pool, top, separator, upsample
        case classTokens = "class_tokens"
        case cropsAtOnce = "crops_at_once"
    }

    init() {}
}
