import HireVLM

/// Registers `hire`, the paper's enricher, and `jbu`, the same without the UNet.
public enum HireEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "hire", kind: .enricher,
                summary:
                    "Joint bilateral upsampling guided by a shallow UNet over the high-resolution picture.",
                reference: "HIRE, eq. 2-4, Figure 2"),
            HireEnricherConfiguration.self
        ) { configuration, host in try HireEnricher(configuration, host) }
        try catalog.enricher(
            PluginManifest(
                id: "jbu", kind: .enricher,
                summary: "Joint bilateral upsampling guided by the picture itself, without a UNet.",
                reference: "Table 4, no U-Net; FeatUp (Fu et al. 2024)"),
            JBUEnricherConfiguration.self
        ) { configuration, host in try JBUEnricher(configuration, host) }
    }
}
