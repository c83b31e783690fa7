import HireTensor
import HireVLM

/// Registers `bicubic` (Table 4's baseline without learning), `bilinear` and `nearest`.
public enum InterpolationEnricherPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        for (mode, adverb, source) in [
            (InterpolationMode.bicubic, "Bicubic", "Table 4, first row"),
            (.bilinear, "Bilinear", "F.interpolate(mode=\"bilinear\", align_corners=False)"),
            (.nearest, "Nearest-neighbour", "F.interpolate(mode=\"nearest\")"),
        ] {
            try catalog.enricher(
                PluginManifest(
                    id: mode.rawValue, kind: .enricher,
                    summary:
                        "\(adverb) upsampling of E(i) to the picture's size, pooled and concatenated.",
                    reference: source),
                NoConfiguration.self
            ) { _, host in try InterpolationEnricher(mode, host) }
        }
    }
}
