import HireVLM

/// Registers Llama's decoder three times: small and trained from scratch, and under the names of real checkpoints.
public enum LlamaPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.languageModel(
            PluginManifest(
                id: "small-llama", kind: .languageModel,
                summary: "A small causal decoder with RMSNorm, rotary positions and SwiGLU.",
                reference: "Llama (Touvron et al. 2023), shrunk"),
            SmallLlamaConfiguration.self
        ) { configuration, host in
            try LlamaLanguageModel(
                configuration.architecture(host.vocabularySize), in: host.context)
        }
        try register(
            LlamaFamily.self, in: &catalog,
            PluginManifest(
                id: LlamaFamily.id, kind: .languageModel,
                summary: "Llama and Vicuna, with the options of Hugging Face's LlamaConfig.",
                reference: "Llama (Touvron et al. 2023); LlamaForCausalLM"))
        try register(
            Qwen2Family.self, in: &catalog,
            PluginManifest(
                id: Qwen2Family.id, kind: .languageModel,
                summary: "Qwen 1 to 2.5, with the options of Hugging Face's Qwen2Config.",
                reference: "Qwen2 (Yang et al. 2024); Qwen2ForCausalLM"))
    }

    private static func register<Family: DecoderFamily>(
        _ family: Family.Type, in catalog: inout PluginCatalog, _ manifest: PluginManifest
    ) throws {
        try catalog.languageModel(manifest, DecoderConfiguration<Family>.self) {
            configuration, host in
            try LlamaLanguageModel(
                configuration.architecture(host.vocabularySize), in: host.context)
        }
    }
}
