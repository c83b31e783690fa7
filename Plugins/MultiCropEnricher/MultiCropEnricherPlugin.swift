import HireVLM

/// Registers `anyres` and `dragonfly`: more image tokens, from crops that the encoder sees one by one.
public enum MultiCropEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "anyres", kind: .enricher,
                summary: "Adds the tokens of a grid of crops, pooled to fit a budget of tokens.",
                reference: "Liu et al. 2024, LLaVA-NeXT (LLaVA-1.6): anyres"),
            AnyResConfiguration.self
        ) { configuration, host in try AnyResEnricher(configuration, host) }
        try catalog.enricher(
            PluginManifest(
                id: "dragonfly", kind: .enricher,
                summary:
                    "Adds tokens of crops at two magnifications: all of them pooled, or the best.",
                reference:
                    "Chen et al. 2024 and Thapa et al. 2024, Dragonfly (the public code's two versions)",
                usesHighView: false),
            DragonflyConfiguration.self
        ) { configuration, host in try DragonflyEnricher(configuration, host) }
    }
}
