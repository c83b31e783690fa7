import HireFiles
import HireVLM

extension PipelineLibrary {
    /// What a script may say about a model folder.
    static let folderOptions: [ScriptParameter] = [
        .optional(
            "base", .path, "The model that an adapter or projector folder was trained on.",
            default: "what adapter_config.json names"),
        .optional(
            "vision_tower", .path, "The vision tower's folder, where the model has its name only."),
        .optional(
            "allow_bin", .boolean, "Whether PyTorch's .bin files may be read.", default: "false"),
        .optional(
            "adapters", .choice(ModelFolderOptions.Adapters.allCases.map(\.rawValue)),
            "Whether low-rank adapters are added to the weights or stay modules.",
            default: "\"merge\""),
        .optional(
            "map", .boolean, "Whether weights are mapped from the file instead of read.",
            default: "false"),
        .optional(
            "check_finite", .boolean, "Whether weights are searched for NaN and infinity.",
            default: "true"),
        .optional(
            "prompt", .string, "A conversation template by name, or a text with {question}.",
            default: "what goes with the folder"),
        .optional(
            "aspect", .choice(ImagePreprocessing.Aspect.allCases.map(\.rawValue)),
            "What happens to pictures that are not square.", default: "what the folder says"),
        .optional(
            "high_resolution", .integer, "Side of the high view, in pixels.",
            default: "what encoder and enricher want"),
    ]

    static let load = ScriptFunction(
        "load",
        "Loads a model folder: LLaVA from the hub or from its authors' code, or a pipeline that was saved. Weights keep "
            + "their dtype and are frozen.",
        parameters: [ScriptParameter("folder", .path, "The folder.")],
        options: folderOptions + [
            .optional(
                "enricher", .either([.string, .table]),
                "An enricher to put in; the projector's columns for its channels are zero.",
                default: "what the folder says")
        ],
        returns: [
            ScriptResult(.object("hire.Pipeline"), "the pipeline"),
            ScriptResult(.list(.string), "what was assumed because the folder does not say it"),
        ],
        example: """
            local small = hire.pipeline.build({}, { corpus = { "what is it", "red" } })
            local folder = hire.output_folder() .. "/small-model"
            small:save(folder)
            print(hire.pipeline.load(folder))
            """
    ) { arguments in
        let (pipeline, description) = try Pipeline.load(
            arguments.string("folder"), options(arguments), catalog: arguments.host.catalog,
            in: arguments.host.context)
        if arguments.has("enricher") {
            let choice = try PluginChoice(
                arguments.value("enricher").json("enricher"), for: .enricher)
            try pipeline.setEnricher(
                choice, catalog: arguments.host.catalog, options: SwapOptions(columns: .zero))
        }
        return [
            .object(PipelineObject(pipeline, corpus: description.corpus)),
            .list(description.notes.map { .string($0) }),
        ]
    }

    private static func options(_ arguments: ScriptArguments) throws -> ModelFolderOptions {
        var options = ModelFolderOptions()
        options.base = try arguments.optionalString("base")
        options.visionTower = try arguments.optionalString("vision_tower")
        options.allowsPickle = try arguments.boolean("allow_bin", default: false)
        options.adapters =
            .init(rawValue: try arguments.string("adapters", default: "merge")) ?? .merge
        options.mapsWeights = try arguments.boolean("map", default: false)
        options.checksFinite = try arguments.boolean("check_finite", default: true)
        options.prompt = try arguments.optionalString("prompt")
        options.aspect = try arguments.optionalString("aspect").flatMap { .init(rawValue: $0) }
        options.highResolution = try arguments.integer("high_resolution", default: 0)
        guard options.highResolution >= 0 else {
            throw arguments.mismatch("high_resolution", "a number from 0")
        }
        return options
    }
}
