import HireVLM

/// Registers `featup`: FeatUp's stack of joint bilateral upsamplers.
public enum FeatUpEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.enricher(
            PluginManifest(
                id: "featup", kind: .enricher,
                summary:
                    "FeatUp's JBU stack: four doublings guided by the picture and a 1x1 convolution over features.",
                reference: "FeatUp (Fu et al. 2024), featup/upsamplers.py: JBUStack"),
            FeatUpEnricherConfiguration.self
        ) { configuration, host in try FeatUpEnricher(configuration, host) }
    }
}
