import HireVLM

/// Registers `mlp`: LLaVA-1.5's projector.
public enum MLPProjectorPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.projector(
            PluginManifest(
                id: "mlp", kind: .projector,
                summary: "Linear layers with GELU between them, applied to every token.",
                reference: "LLaVA-1.5, mlp2x_gelu"),
            MLPProjectorConfiguration.self
        ) { configuration, host in try MLPProjector(configuration, host) }
    }
}
