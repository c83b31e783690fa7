import HireVLM

/// Options of `dragonfly`.
struct DragonflyConfiguration: PluginConfiguration {
    var version = 2
    var classTokens = true
    var pool = 0
    var top = 3
    var separator = false
    var cropsAtOnce = 8
    var upsample = false

    enum CodingKeys: String, CodingKey {
        case version, pool, top, separator, upsample
        case classTokens = "class_tokens"
        case cropsAtOnce = "crops_at_once"
    }

    static let notes = [
        "version":
            "2: every crop, pooled; 1: all tokens of the crops that look like their surroundings.",
        "class_tokens":
            "Whether each crop's tokens begin with the encoder's class token.",
        "pool":
            "Side of the squares of a crop's map that are averaged into one token; 0 stands for 4 in version 2 and 1 in version 1.",
        "top":
            "Version 1: how many crops at high magnification are kept for each crop at middle magnification.",
        "separator":
            "Whether a learned embedding follows the whole picture and each crop.",
        "crops_at_once":
            "Crops in one pass of the encoder.",
        "upsample":
            "Whether a high view that is smaller than the crops together may be enlarged, where the pictures are not known.",
    ]

    init() {}
}
