import HireArray
import HireFiles
import HireNN
import HireTensor

extension Pipeline {
    /// Loads a model folder: a LLaVA of the hub or of the LLaVA authors, or a pipeline saved by this toolkit.
    ///
    /// Strict: every parameter must be in the folder with its shape, and every tensor in the folder must be needed, save
    /// those that are known to be unused (encoder layers behind the selected one, CLIP's text half). Weights keep the
    /// dtype they are stored in and are frozen; `unfreeze` makes them trainable.
    ///
    /// - Returns: the pipeline in evaluation mode, and what its folder said.
    /// - Throws: `FileError`, `PluginError`, `LoadError` with a table of all that does not fit.
    public static func load(
        _ folder: String, _ options: ModelFolderOptions = ModelFolderOptions(),
        catalog: PluginCatalog, in context: Context,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> (pipeline: Pipeline, description: ModelDescription) {
        let model = try ModelFolder(folder, options, fileSystem: fileSystem)
        let description = try model.description()
        let pipeline = try Pipeline(
            description.recipe, catalog: catalog, corpus: description.corpus, in: context)
        for adapter in description.adapters {
            try adapter.attach(to: pipeline, source: model.configurationPath)
        }
        pipeline.freeze()
        pipeline.setTraining(false)
        var weights = try model.weights(for: description, backend: context.backend)
        weights.drop(where: pipeline.isUnusedEncoderPart)
        try pipeline.load(weights, strict: true)
        if description.adapters.isEmpty,
            let adapter = try AdapterFolder(
                model, backend: context.backend, canonicalName: description.canonicalName)
        {
            try adapter.apply(to: pipeline, merging: options.adapters == .merge)
            pipeline.freeze()
        }
        return (pipeline, description)
    }

    /// Whether a stored tensor belongs to a part of the encoder that is not computed: layers behind the selected one,
    /// the norm and the pooling head behind the last, the token that stands for masked patches.
    func isUnusedEncoderPart(_ name: String) -> Bool {
        guard name.hasPrefix("encoder.") else { return false }
        let rest = name.dropFirst("encoder.".count)
        if rest.hasPrefix("head.") || rest == "embeddings.mask_token" { return true }
        let children = encoder.scope.children.map(\.name)
        let first = String(rest.prefix { $0 != "." })
        if ["post_layernorm", "layernorm"].contains(first) { return !children.contains(first) }
        guard first == "layers", let layers = try? encoder.module(at: "layers"),
            let number = Int(rest.dropFirst("layers.".count).prefix { $0 != "." })
        else { return false }
        // A layer that the configuration does not count belongs to another model.
        let all = recipe.encoder.configuration["num_hidden_layers"]?.intValue ?? .max
        return number >= layers.scope.children.count && number < all
    }
}
