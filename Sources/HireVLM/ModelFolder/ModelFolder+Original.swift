import HireFiles

extension ModelFolder {
    /// `LlavaLlamaForCausalLM` and its relatives, as the LLaVA authors' code writes them.
    func originalDescription() throws -> ModelDescription {
        let source = configurationPath
        let type = try originalLanguageModel()
        let text = try TextConfiguration(configuration, type: type, source: source)
        let tower = try originalTower()

        var recipe = Recipe()
        recipe.encoder = tower.choice
        recipe.encoder.configuration["select_layer"] = configuration["mm_vision_select_layer"] ?? -2
        let feature = configuration["mm_vision_select_feature"]?.stringValue ?? "patch"
        guard ["patch", "cls_patch"].contains(feature) else {
            throw FileError.badData(
                source, "mm_vision_select_feature does not fit", expected: "'patch' or 'cls_patch'",
                got: "'\(feature)'")
        }
        recipe.encoder.configuration["select_feature"] = .string(feature)
        recipe.projector = try originalProjector()
        recipe.languageModel = text.choice
        recipe.tokenizer = PluginChoice("pretrained", ["path": .string(try tokenizerFolder())])
        recipe.imageTokenisation = .split
        recipe.prompt = options.prompt ?? ConversationTemplate.vicuna.id
        let ends = try endTokens(configuration)
        recipe.endTokens = ends.ids
        for key in ["mm_use_im_start_end", "mm_use_im_patch_token"]
        where configuration[key] == .bool(true) {
            throw FileError.badData(
                source, "image tokens between special tokens are not supported",
                expected: "\(key) false, as in LLaVA-1.5", got: "true")
        }
        var description = ModelDescription(
            kind: "LLaVA (the authors' format)", recipe: recipe,
            canonicalName: CheckpointNames.original)
        description.notes += ends.notes
        description.isTied = text.isTied
        description.isFirstQwen = text.isFirstQwen
        description.visionTower = tower.folder
        var folders = [path]
        if let folder = tower.folder { folders.insert(folder, at: 0) }
        try addPreprocessing(to: &description, tower, from: folders)
        if options.aspect == nil { try setAspect(&description) }
        try addScales(&description)
        return description
    }

    /// The class of the language model, from `architectures` or `model_type`.
    private func originalLanguageModel() throws -> String {
        let names = (configuration["architectures"]?.arrayValue ?? []).compactMap(\.stringValue)
        let type = configuration["model_type"]?.stringValue ?? ""
        let said = (names + [type]).map { $0.lowercased() }
        if said.contains(where: { $0.contains("qwen2") || $0.contains("qwen_2") }) {
            return "qwen2"
        }
        // Qwen-7B v1 keeps its own keys; LLaVA's later "llava_qwen" is Qwen2.
        if said.contains(where: { $0.contains("qwen") }) {
            return configuration["rotary_emb_base"] == nil ? "qwen2" : "qwen"
        }
        if said.contains(where: { $0.contains("llava") || $0.contains("llama") }) { return "llama" }
        throw FileError.badData(
            configurationPath, "nothing says which language model this is",
            expected: "architectures with LlavaLlamaForCausalLM or LlavaQwenForCausalLM",
            got: said.filter { !$0.isEmpty }.joined(separator: ", "))
    }

    /// The tower: in a folder that is given or named, or known by its published name.
    private func originalTower() throws -> VisionConfiguration {
        let name = try configuration.requireString("mm_vision_tower", source: configurationPath)
        for folder in [options.visionTower, name, FilePath.join(path, name)].compactMap({ $0 })
        where try fileSystem.status(folder)?.kind == .folder {
            let json = try Self.configuration(in: folder, fileSystem)
            return try VisionConfiguration(
                json, source: FilePath.join(folder, "config.json"), folder: folder)
        }
        if let folder = options.visionTower {
            throw FileError(.missingInput, path: folder, problem: "there is no such folder")
        }
        if let tower = VisionConfiguration(published: name) { return tower }
        throw FileError.badData(
            configurationPath, "the vision tower is not known by its name",
            expected:
                "a published CLIP, SigLIP or DINOv2 tower, or its folder as option `vision_tower` "
                + "(--vision-tower)", got: "'\(name)'")
    }

    /// `linear`, `identity` or `mlpNx_gelu`.
    private func originalProjector() throws -> PluginChoice {
        let type = configuration["mm_projector_type"]?.stringValue ?? "linear"
        switch type {
        case "identity": return PluginChoice("mlp", ["depth": 0])
        case "linear": return PluginChoice("mlp", ["depth": 1])
        default: break
        }
        if type.hasPrefix("mlp"), type.hasSuffix("x_gelu"),
            let depth = Int(type.dropFirst(3).dropLast(6)), (1...16).contains(depth)
        {
            return PluginChoice("mlp", ["depth": .integer(Int64(depth))])
        }
        throw FileError.badData(
            configurationPath, "mm_projector_type does not fit",
            expected: "linear, identity or mlpNx_gelu", got: "'\(type)'")
    }

    /// `pad` pads; everything else falls to the processor's short side and crop, as in the authors' code.
    private func setAspect(_ description: inout ModelDescription) throws {
        let aspect = configuration["image_aspect_ratio"]?.stringValue ?? "square"
        switch aspect {
        case "pad": description.recipe.preprocessing.aspect = .pad
        case "square", "resize": description.recipe.preprocessing.aspect = .crop
        default:
            throw FileError.badData(
                configurationPath, "image_aspect_ratio is not supported",
                expected: "pad, square or resize", got: "'\(aspect)'")
        }
        if aspect == "resize" {
            description.notes.append(
                "image_aspect_ratio 'resize' crops, because the authors' code has no branch for it; the option "
                    + "aspect = \"resize\" resizes.")
        }
    }

    /// S2's keys: several scales, seen through the tower's own resolution.
    private func addScales(_ description: inout ModelDescription) throws {
        guard configuration["s2"] == .bool(true) else { return }
        let text = configuration["s2_scales"]?.stringValue ?? "336,672,1008"
        let scales = text.split(separator: ",").map { Int($0.filter { $0 != " " }) }
        guard !scales.isEmpty, !scales.contains(nil) else {
            throw FileError.badData(
                configurationPath, "s2_scales does not fit",
                expected: "sides in pixels such as 336,672,1008", got: "'\(text)'")
        }
        let sorted = scales.compactMap { $0 }.sorted()
        description.recipe.enricher = PluginChoice(
            "s2", ["scales": .array(sorted.map { .integer(Int64($0)) })])
        if description.recipe.preprocessing.highResolution == 0 {
            description.recipe.preprocessing.highResolution = sorted[sorted.count - 1]
        }
    }
}
