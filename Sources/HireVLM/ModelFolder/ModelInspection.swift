import HireArray
import HireFiles
import HireNN
import HireTensor

/// What a model folder or a file of weights holds, found out without reading a single weight.
public struct ModelInspection {
    /// A part of a pipeline.
    public struct Stage {
        /// "encoder", "enricher", "projector" or "language_model".
        public let name: String
        /// The plugin that makes it.
        public let plugin: String
        /// Numbers of all its parameters.
        public let parameters: Int
    }

    /// One stored tensor.
    public struct StoredTensor {
        /// The name in the file.
        public let name: String
        /// Extents, outermost first.
        public let shape: Shape
        /// The element type; nil for one this toolkit does not read.
        public let dtype: DType?
        /// Bytes; nil where the dtype is not read.
        public var byteCount: Int? { dtype.map { shape.elementCount * $0.byteSize } }
    }

    /// How people call this kind of folder or file.
    public let kind: String
    /// The stages in the order in which a picture passes them; empty for what is no pipeline.
    public private(set) var stages: [Stage] = []
    /// The recipe with everything resolved; nil for what is no pipeline.
    public private(set) var recipe: Recipe?
    /// The names of everything that can be captured.
    public private(set) var capturePoints: [String] = []
    /// What was assumed because the folder does not say it.
    public private(set) var notes: [String] = []
    /// What does not fit between the weights and the model; nil where there is no model or no weights.
    public private(set) var report: LoadReport?
    /// Stored tensors that no pipeline needs.
    public private(set) var unneeded: [String] = []
    /// Every stored tensor, in the order of the files.
    public private(set) var tensors: [StoredTensor]

    /// Inspects a folder or a file.
    ///
    /// - Parameters:
    ///   - shapes: a context on the shapes-only back-end.
    ///   - backend: the one that would read the weights.
    /// - Throws: `FileError`, `PluginError`, `JSONError`.
    public init(
        _ path: String, _ options: ModelFolderOptions = ModelFolderOptions(),
        catalog: PluginCatalog, shapes: Context, backend: any Backend,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        guard try fileSystem.status(path)?.kind == .folder else {
            let file = try WeightFolder.open(
                path, allowsPickle: options.allowsPickle, fileSystem: fileSystem, backend: backend)
            kind = "weights"
            tensors = Self.tensors(of: file)
            return
        }
        let folder = try ModelFolder(path, options, fileSystem: fileSystem)
        let description: ModelDescription
        do {
            description = try folder.description()
        } catch let error as FileError {
            // A model that is no pipeline, such as a tower by itself, still has weights to list.
            guard let type = folder.configuration["model_type"]?.stringValue, type != "llava",
                folder.configuration["mm_vision_tower"] == nil, type != PipelineFolder.modelType,
                let weights = try? folder.weights(in: path, backend: backend)
            else { throw error }
            kind = "\(type) (no pipeline by itself)"
            tensors = Self.tensors(of: weights)
            return
        }
        kind = description.kind
        notes = description.notes
        let pipeline = try Pipeline(
            description.recipe, catalog: catalog, corpus: description.corpus, in: shapes)
        for adapter in description.adapters {
            try adapter.attach(to: pipeline, source: folder.configurationPath)
        }
        recipe = pipeline.recipe
        capturePoints = pipeline.capturePoints()
        let counts = pipeline.parameters()
        let plugins = [
            ("encoder", description.recipe.encoder.id),
            ("enricher", description.recipe.enricher.id),
            ("projector", description.recipe.projector.id),
            ("language_model", description.recipe.languageModel.id),
        ]
        stages = plugins.map { name, plugin in
            Stage(
                name: name, plugin: plugin,
                parameters: counts.filter { $0.path.hasPrefix(name + ".") }
                    .map(\.parameter.count).reduce(0, +))
        }
        var weights = try folder.weights(for: description, backend: backend)
        tensors = Self.tensors(of: weights)
        weights.drop(where: pipeline.isUnusedEncoderPart)
        unneeded = weights.unneeded
        report = pipeline.compare(weights)
    }

    private static func tensors(of source: some WeightSource) -> [StoredTensor] {
        source.names.map {
            StoredTensor(
                name: $0, shape: source.shape(of: $0) ?? [], dtype: source.dtype(of: $0))
        }
    }
}
