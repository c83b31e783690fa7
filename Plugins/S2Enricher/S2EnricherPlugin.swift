import HireVLM

/// Registers `s2`: the encoder at several scales.
public enum S2EnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "s2", kind: .enricher,
                summary:
                    "Scaling on Scales: the encoder looks again, tile by tile, at larger sizes.",
                reference: "Shi et al. 2024, When Do We Not Need Larger Vision Models?"),
            S2EnricherConfiguration.self
        ) { configuration, host in try S2Enricher(configuration, host) }
    }
}
