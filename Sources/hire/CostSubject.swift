import ArgumentParser
import HireArray
import HireFiles
import HireStudies
import HireTensor
import HireVLM

/// The model that `hire cost` and `hire profile` are asked about: a folder, or a recipe in a file.
struct CostSubject {
    let recipe: Recipe
    let corpus: [String]
    private let path: String
    private let isFolder: Bool
    private let model: ModelOptions

    /// Reads what the folder or file says, with the options on top.
    init(_ path: String, _ model: ModelOptions, highResolution: Int?) throws {
        let files = SystemFileSystem()
        guard let status = try files.status(path) else {
            throw FileError(
                .missingInput, path: path, problem: "there is no such model folder or recipe file")
        }
        self.path = path
        self.model = model
        isFolder = status.kind == .folder
        var recipe: Recipe
        if isFolder {
            let description = try ModelFolder(path, model.folder).description()
            (recipe, corpus) = (description.recipe, description.corpus)
        } else {
            if model.isFolderOnly {
                throw ValidationError(
                    "\(path) is a recipe, which says everything itself; --base, --vision-tower, --allow-bin, "
                        + "--keep-adapters, --mmap, --skip-finite-check, --template and --aspect are for model folders."
                )
            }
            let json = try JSONParser.parse(files.readAll(path, limit: 1 << 20), source: path)
            guard case .object(let object) = json else {
                throw FileError(
                    .badData, path: path, problem: "a recipe must be an object",
                    got: json.kindName)
            }
            (recipe, corpus) = (try Recipe(object), [])
            if model.highResolution > 0 {
                recipe.preprocessing.highResolution = model.highResolution
            }
        }
        if let choice = try model.enricherChoice() { recipe.enricher = choice }
        if let highResolution { recipe.preprocessing.highResolution = highResolution }
        self.recipe = recipe
    }

    /// What it costs.
    func cost(
        _ catalog: PluginCatalog, textTokens: Int, convention: CostConvention
    ) throws -> ModelCost {
        try ModelCost.measure(
            recipe, catalog: catalog, corpus: corpus, textTokens: textTokens,
            convention: convention, shapes: { Machine.shapesContext() })
    }

    /// The model with its weights; those of a recipe are drawn from the context's seed.
    func pipeline(_ catalog: PluginCatalog, in context: Context) throws -> Pipeline {
        if isFolder { return try model.load(path, catalog: catalog, in: context).pipeline }
        let pipeline = try Pipeline(recipe, catalog: catalog, corpus: corpus, in: context)
        try pipeline.initialize(from: context.random)
        pipeline.setTraining(false)
        return pipeline
    }
}
