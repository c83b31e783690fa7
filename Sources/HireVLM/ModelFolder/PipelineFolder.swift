import HireArray
import HireFiles
import HireNN

/// Pipelines as this toolkit saves them, in a folder that can be moved anywhere.
///
/// It holds config.json with the whole recipe, weights under the pipeline's paths, and the tokenizer's files.
enum PipelineFolder {
    /// The `model_type` of such a folder.
    static let modelType = "hire-pipeline"
    /// Raised when a folder of an older toolkit could not be read any more.
    static let format = 1

    /// Reads a folder's configuration.
    static func description(of folder: ModelFolder) throws -> ModelDescription {
        let source = folder.configurationPath
        let json = folder.configuration
        let format = try json.requireInt("format", source: source)
        guard format <= Self.format else {
            throw FileError.badData(
                source, "the folder was saved by a newer version of hire",
                expected: "format \(Self.format)", got: "\(format)")
        }
        let known = ["model_type", "format", "toolkit", "recipe", "corpus", "adapters"]
        if let stranger = json.keys.first(where: { !known.contains($0) }) {
            throw FileError.badData(
                source, NearestNames.sentence(kind: "key", name: stranger, among: known))
        }
        var recipe = try Recipe(json.requireObject("recipe", source: source))
        if recipe.tokenizer.configuration["path"] != nil {
            recipe.tokenizer.configuration["path"] = .string(folder.path)
        }
        if let prompt = folder.options.prompt { recipe.prompt = prompt }
        if let aspect = folder.options.aspect { recipe.preprocessing.aspect = aspect }
        if folder.options.highResolution > 0 {
            recipe.preprocessing.highResolution = folder.options.highResolution
        }
        var description = ModelDescription(
            kind: "pipeline (saved by hire)", recipe: recipe, canonicalName: { $0 })
        description.corpus = (json["corpus"]?.arrayValue ?? []).compactMap(\.stringValue)
        description.adapters = try (json["adapters"]?.arrayValue ?? []).map {
            try AdapterPlacement($0, source: source)
        }
        return description
    }
}

extension Pipeline {
    /// Saves everything as a folder that `load` reads, here or on another machine.
    ///
    /// Weights come first and config.json last, so that an interrupted save leaves no folder that seems whole.
    ///
    /// - Parameter corpus: what a closed vocabulary was made from.
    /// - Throws: `FileError` if the folder holds something already, or for what writing meets.
    public func save(
        to folder: String, corpus: [String] = [],
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        if try fileSystem.status(folder) != nil, try !fileSystem.list(folder).isEmpty {
            throw FileError(
                .cannotCreate, path: folder, problem: "the folder holds something already",
                expected: "a new or empty folder")
        }
        try fileSystem.makeFolders(folder)
        var saved = recipe
        if let from = recipe.tokenizer.configuration["path"]?.stringValue {
            try copyTokenizer(from: from, to: folder, fileSystem)
            saved.tokenizer.configuration["path"] = "."
        }
        saved.preprocessing = requestedPreprocessing
        try SafetensorsFile.write(
            stateDict(), to: FilePath.join(folder, "model.safetensors"),
            metadata: ["format": PipelineFolder.modelType], fileSystem: fileSystem)
        let configuration: JSONObject = [
            "model_type": .string(PipelineFolder.modelType),
            "format": .integer(Int64(PipelineFolder.format)),
            "toolkit": .string(ToolkitVersion.text), "recipe": .object(try saved.json()),
            "corpus": .array(corpus.map { .string($0) }),
            "adapters": .array(adapterPlacements().map(\.json)),
        ]
        let text = try JSONWriter(layout: .pretty).string(.object(configuration))
        try AtomicWriter(fileSystem: fileSystem).write(
            Array(text.utf8), to: FilePath.join(folder, "config.json"))
    }

    private func adapterPlacements() -> [AdapterPlacement] {
        modules().compactMap { path, module in
            guard let layer = module as? Linear, !layer.isMerged,
                let adapter = layer.adapter as? LoRA
            else { return nil }
            return AdapterPlacement(path: path, rank: adapter.rank, scale: adapter.scale)
        }
    }

    private func copyTokenizer(
        from source: String, to folder: String, _ fileSystem: any FileSystem
    ) throws {
        let isFolder = try fileSystem.status(source)?.kind == .folder
        let home = isFolder ? source : FilePath.folder(of: source)
        let names = isFolder ? TokenizerFiles.all : [FilePath.name(of: source)]
        for name in names {
            let path = FilePath.join(home, name)
            guard try fileSystem.exists(path) else { continue }
            try AtomicWriter(fileSystem: fileSystem).write(
                fileSystem.readAll(path), to: FilePath.join(folder, name))
        }
    }
}
