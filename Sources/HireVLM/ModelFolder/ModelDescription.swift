import HireFiles

/// What the configuration files of a model folder say, before any weight is read.
public struct ModelDescription {
    /// How people call this kind of folder, such as "LLaVA (llava-hf)".
    public var kind: String
    /// The pipeline it describes.
    public var recipe: Recipe
    /// Words that a closed vocabulary must cover (pipelines saved by this toolkit only).
    public var corpus: [String] = []
    /// What was assumed because the folder does not say it, one sentence each.
    public var notes: [String] = []
    /// Adapters that are attached before weights are loaded (pipelines saved by this toolkit only).
    var adapters: [AdapterPlacement] = []
    /// The folder with the vision tower, if it is another one.
    var visionTower: String?
    /// Whether the language model has the names of Qwen-7B v1.
    var isFirstQwen = false
    /// Whether the output layer shares the embedding's weights, so that a stored copy is not needed.
    var isTied = false
    /// The pipeline's path for the name of a stored tensor; nil for one that no pipeline needs.
    var canonicalName: (String) -> String?

    init(kind: String, recipe: Recipe, canonicalName: @escaping (String) -> String?) {
        self.kind = kind
        self.recipe = recipe
        self.canonicalName = canonicalName
    }
}
