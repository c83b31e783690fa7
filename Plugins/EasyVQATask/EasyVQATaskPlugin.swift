import HireVLM

/// Registers `easy-vqa`: 5,000 pictures of one coloured shape each.
public enum EasyVQATaskPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.task(
            PluginManifest(
                id: "easy-vqa", kind: .task,
                summary:
                    "5,000 pictures of 64x64 px with one coloured shape, 48,248 questions, 13 answers.",
                reference: "PyPI package easy-vqa 1.0 (Victor Zhou, MIT)"),
            EasyVQATaskConfiguration.self
        ) { configuration in try EasyVQATask(configuration) }
    }
}

/// Options of `easy-vqa`.
struct EasyVQATaskConfiguration: PluginConfiguration {
    /// The folder that holds `train/` and `test/`, each with `questions.json` and `images/`.
    var folder = "data/easy-vqa"

    init() {}
}
