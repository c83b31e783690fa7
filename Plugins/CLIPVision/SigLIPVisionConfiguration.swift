import HireVLM

/// Options of `siglip`: those of `clip` with another default variant (see `CLIPVariant.siglip`).
struct SigLIPVisionConfiguration: PluginConfiguration {
    var vision = CLIPVisionConfiguration()

    init() { vision.variant = "so400m-14-384" }

    init(from decoder: any Decoder) throws { vision = try CLIPVisionConfiguration(from: decoder) }

    func encode(to encoder: any Encoder) throws { try vision.encode(to: encoder) }
}
