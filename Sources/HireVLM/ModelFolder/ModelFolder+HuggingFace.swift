import HireFiles

extension ModelFolder {
    /// `LlavaForConditionalGeneration`, in the spellings of transformers 4 and 5.
    func huggingFaceDescription() throws -> ModelDescription {
        let source = configurationPath
        let tower = configuration["vision_config"]?.objectValue ?? Self.standardTower
        let vision = try VisionConfiguration(
            tower.with("model_type", tower["model_type"] ?? "clip_vision_model"), source: source)
        let words = configuration["text_config"]?.objectValue ?? ["model_type": "llama"]
        let type = words["model_type"]?.stringValue ?? "llama"
        var language = words
        if language["tie_word_embeddings"] == nil {
            language["tie_word_embeddings"] = configuration["tie_word_embeddings"]
        }
        let text = try TextConfiguration(language, type: type, source: source)

        var recipe = Recipe()
        recipe.encoder = vision.choice
        recipe.encoder.configuration["select_layer"] = try selectedLayer("vision_feature_layer")
        recipe.encoder.configuration["select_feature"] = .string(
            try selectedFeature(vision.choice, source))
        recipe.projector = PluginChoice(
            "mlp",
            [
                "depth": 2, "activation": configuration["projector_hidden_act"] ?? "gelu",
                "bias": configuration["multimodal_projector_bias"] ?? true,
            ])
        recipe.languageModel = text.choice
        recipe.tokenizer = PluginChoice("pretrained", ["path": .string(try tokenizerFolder())])
        recipe.imageTokenisation = .token
        recipe.prompt = options.prompt ?? (text.isQwen ? "chatml" : "llava_hf")
        let ends = try endTokens(words)
        recipe.endTokens = ends.ids
        var description = ModelDescription(
            kind: "LLaVA (llava-hf)", recipe: recipe, canonicalName: CheckpointNames.huggingFace)
        description.notes += ends.notes
        description.isTied = text.isTied
        try addPreprocessing(to: &description, vision, from: [path])
        return description
    }

    /// What `LlavaConfig` takes for its tower when a file says nothing.
    private static let standardTower: JSONObject = [
        "model_type": "clip_vision_model", "hidden_size": 1024, "intermediate_size": 4096,
        "patch_size": 14, "image_size": 336, "num_hidden_layers": 24, "num_attention_heads": 16,
    ]

    /// The one layer whose features are read.
    private func selectedLayer(_ key: String) throws -> JSONValue {
        let value = configuration[key] ?? -2
        guard value.intValue != nil else {
            throw FileError.badData(
                configurationPath, "'\(key)' does not fit",
                expected: "one layer (features of several layers side by side are not supported)",
                got: value.kindName)
        }
        return value
    }

    /// `default` drops the first token, which only CLIP and DINOv2 have to spare.
    private func selectedFeature(_ tower: PluginChoice, _ source: String) throws -> String {
        let strategy = configuration["vision_feature_select_strategy"]?.stringValue ?? "default"
        switch (strategy, tower.id) {
        case ("default", "siglip"):
            throw FileError.badData(
                source,
                "vision_feature_select_strategy 'default' would drop the first patch of a SigLIP tower, which has no "
                    + "class token", expected: "'full'", got: "'default'")
        case ("default", _): return "patch"
        case ("full", "siglip"): return "patch"
        case ("full", _): return "cls_patch"
        default:
            throw FileError.badData(
                source, "vision_feature_select_strategy does not fit",
                expected: "'default' or 'full'", got: "'\(strategy)'")
        }
    }

    /// Preprocessing from the first of several folders that describes an image processor.
    func addPreprocessing(
        to description: inout ModelDescription, _ vision: VisionConfiguration,
        from folders: [String]
    ) throws {
        var found: ImageProcessorConfiguration?
        for folder in folders where found == nil {
            found = try ImageProcessorConfiguration.read(in: folder, fileSystem)
        }
        var preprocessing = found?.preprocessing ?? ImagePreprocessing()
        if found == nil {
            description.notes.append(
                "The folder has no preprocessor_config.json: CLIP's colours are assumed, and pictures that are "
                    + "not square are \(preprocessing.aspect == .pad ? "padded" : "cropped").")
        }
        if let side = found?.side, side != vision.imageSize {
            description.recipe.encoder.configuration["resolution"] = .integer(Int64(side))
            description.notes.append(
                "Pictures are \(side) px, the tower was trained on \(vision.imageSize) px: its position table is "
                    + "interpolated.")
        }
        if let aspect = options.aspect { preprocessing.aspect = aspect }
        preprocessing.highResolution = options.highResolution
        description.recipe.preprocessing = preprocessing
    }
}
