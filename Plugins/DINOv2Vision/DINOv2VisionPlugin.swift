import HireVLM

/// Registers `dinov2`, Meta's self-supervised vision transformer.
public enum DINOv2VisionPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.encoder(
            PluginManifest(
                id: DINOv2VisionTransformer.id, kind: .encoder,
                summary: "DINOv2, with or without registers, at any resolution.",
                reference:
                    "Oquab et al. 2023, Darcet et al. 2023; HF Dinov2Model, Dinov2WithRegistersModel"
            ),
            DINOv2VisionConfiguration.self
        ) { configuration, context in try DINOv2VisionTransformer(configuration, in: context) }
    }
}
