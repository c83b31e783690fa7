import HireVLM

/// Registers `bicubic`: Table 4's baseline without learning.
public enum BicubicEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "bicubic", kind: .enricher,
                summary:
                    "Bicubic upsampling of E(i) to the picture's size, pooled and concatenated.",
                reference: "Table 4, first row"),
            NoConfiguration.self
        ) { _, host in try BicubicEnricher(host) }
    }
}
