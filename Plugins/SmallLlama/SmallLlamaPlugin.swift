import HireVLM

/// Registers `small-llama`, a Llama-style decoder small enough to train on two cores.
public enum SmallLlamaPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.languageModel(
            PluginManifest(
                id: "small-llama", kind: .languageModel,
                summary: "A small causal decoder with RMSNorm, rotary positions and SwiGLU.",
                reference: "Llama (Touvron et al. 2023), shrunk"),
            SmallLlamaConfiguration.self
        ) { configuration, host in try SmallLlama(configuration, host) }
    }
}
