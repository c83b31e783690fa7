import HireVLM

/// Registers `shapes`: drawn on the fly, so that everything runs without a download.
public enum ShapesTaskPlugin: Plugin {
    /// Adds the plugin's entries.
    public static func register(in catalog: inout PluginCatalog) throws {
        try catalog.task(
            PluginManifest(
                id: "shapes", kind: .task,
                summary: "One coloured shape per picture, drawn from a seed; needs no files.",
                reference: "this toolkit; modelled on easy-VQA"),
            ShapesTaskConfiguration.self
        ) { configuration in try ShapesTask(configuration) }
    }
}

/// Options of `shapes`.
struct ShapesTaskConfiguration: PluginConfiguration {
    /// Pictures to train on.
    var trainImages = 1000
    /// Pictures to test on.
    var testImages = 250
    /// Side of a picture, in pixels.
    var size = 64
    /// Seed of everything drawn.
    var seed = 1

    enum CodingKeys: String, CodingKey {
        case trainImages = "train_images"
        case testImages = "test_images"
        case size, seed
    }

    init() {}
}
