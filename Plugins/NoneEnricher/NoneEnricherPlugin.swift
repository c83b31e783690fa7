import HireVLM

/// Registers `none`: plain LLaVA-1.5, the features as the encoder gave them.
public enum NoneEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "none", kind: .enricher,
                summary: "No enrichment: the projector sees E(i).",
                reference: "LLaVA-1.5, the paper's first baseline", usesHighView: false),
            NoConfiguration.self
        ) { _, host in NoneEnricher(host) }
    }
}
