import HireVLM

/// Registers `small-vit`, a vision transformer small enough to train on two cores.
public enum SmallVisionTransformerPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.encoder(
            PluginManifest(
                id: "small-vit", kind: .encoder,
                summary: "A small pre-norm vision transformer, trained from scratch.",
                reference: "CLIP's vision tower (Radford et al. 2021), shrunk; no class token"),
            SmallVisionTransformerConfiguration.self
        ) { configuration, context in try SmallVisionTransformer(configuration, in: context) }
    }
}
