import HireVLM

/// Registers `clip` and `siglip`, the vision towers of CLIP and SigLIP.
public enum CLIPVisionPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.encoder(
            PluginManifest(
                id: CLIPFamily.clip.rawValue, kind: .encoder,
                summary: "CLIP's vision tower at any resolution, up to a selected layer.",
                reference: "Radford et al. 2021; HF CLIPVisionModel; LAION's H, g and bigG"),
            CLIPVisionConfiguration.self
        ) { configuration, context in
            try CLIPVisionTransformer(.clip, configuration, in: context)
        }
        try catalog.encoder(
            PluginManifest(
                id: CLIPFamily.siglip.rawValue, kind: .encoder,
                summary: "SigLIP's vision tower at any resolution, up to a selected layer.",
                reference: "Zhai et al. 2023; HF SiglipVisionModel without its pooling head"),
            SigLIPVisionConfiguration.self
        ) { configuration, context in
            try CLIPVisionTransformer(.siglip, configuration.vision, in: context)
        }
    }
}
