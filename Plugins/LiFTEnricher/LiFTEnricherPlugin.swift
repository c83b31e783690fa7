import HireVLM

/// Registers `lift`: LiFT's convolutional doubling of features.
public enum LiFTEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "lift", kind: .enricher,
                summary: "LiFT: a small convolutional network doubles the grid of the features.",
                reference: "LiFT (Suri et al. 2024), lift.py", usesHighView: false),
            LiFTEnricherConfiguration.self
        ) { configuration, host in try LiFTEnricher(configuration, host) }
    }
}
