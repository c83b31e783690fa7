import HireArray
import HireFiles
import HireNN
import HireVLM

extension PipelineMethods {
    static let inspecting = [
        ScriptFunction(
            "capture_points", "The names of everything that can be captured.",
            returns: [ScriptResult(.list(.string), "the names in the order of the model")]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            return [.list(pipeline.capturePoints().map { .string($0) })]
        },
        ScriptFunction(
            "parameters", "The parameters that a glob selects.",
            parameters: [.optional("pattern", .string, "A glob over paths.", default: "\"**\"")],
            returns: [ScriptResult(.list(.table), "`path`, `shape`, `count` and `frozen` of each")]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let found = try pipeline.parameters(
                matching: arguments.string("pattern", default: "**"))
            return [
                .list(
                    found.map { path, parameter in
                        .fields([
                            ("path", .string(path)),
                            ("shape", .list(parameter.shape.map { .integer($0) })),
                            ("count", .integer(parameter.count)),
                            ("frozen", .boolean(parameter.isFrozen)),
                        ])
                    })
            ]
        },
        ScriptFunction(
            "cost", "Parameters and multiply-adds by stage, counted without running anything.",
            options: [
                .optional("question", .string, "What is asked.", default: "an empty question"),
                .optional("answer", .string, "What is answered.", default: "nothing but the end"),
            ],
            returns: [
                ScriptResult(.table, "`parameters`, `macs`, and the same per stage under `stages`")
            ]
        ) { arguments in
            let object = arguments.receiver(PipelineObject.self)
            let cost = try PipelineCost.measure(
                object.pipeline.recipe, catalog: arguments.host.catalog, corpus: object.corpus,
                shapes: arguments.host.shapesContext(),
                question: (
                    arguments.string("question", default: ""),
                    arguments.string("answer", default: "")
                ))
            let stages = cost.stages.map { stage in
                (
                    stage.name,
                    ScriptValue.fields([
                        ("parameters", .integer(stage.parameters)),
                        ("macs", .integer(stage.multiplyAdds)),
                    ])
                )
            }
            return [
                .fields([
                    ("parameters", .integer(cost.parameters)),
                    ("macs", .integer(cost.multiplyAdds)),
                    ("stages", .fields(stages)),
                ])
            ]
        },
    ]

    /// The option of everything that reads weights.
    static let checkFinite = ScriptParameter.optional(
        "check_finite", .boolean, "Whether weights with NaN or infinity are refused.",
        default: "true")

    static let changing = [
        setEnricher,
        ScriptFunction(
            "set_training", "Switches dropout and batch statistics on or off.",
            parameters: [ScriptParameter("training", .boolean, "Whether the model is in training.")]
        ) { arguments in
            arguments.receiver(PipelineObject.self).pipeline.setTraining(
                try arguments.boolean("training"))
            return []
        },
        ScriptFunction(
            "freeze", "Excludes parameters from training.",
            parameters: [ScriptParameter("pattern", .string, "A glob over paths.")]
        ) { arguments in
            try arguments.receiver(PipelineObject.self).pipeline.freeze(arguments.string("pattern"))
            return []
        },
        ScriptFunction(
            "unfreeze", "Trains parameters again that were frozen.",
            parameters: [ScriptParameter("pattern", .string, "A glob over paths.")]
        ) { arguments in
            try arguments.receiver(PipelineObject.self).pipeline.unfreeze(
                arguments.string("pattern"))
            return []
        },
        ScriptFunction(
            "save",
            "Writes all weights as one safetensors file; or, where the path has no such ending, a whole folder that "
                + "`hire.pipeline.load` reads anywhere.",
            parameters: [
                ScriptParameter("path", .path, "A .safetensors file, or a new folder.")
            ]
        ) { arguments in
            let object = arguments.receiver(PipelineObject.self)
            let path = try arguments.string("path")
            guard FilePath.fileExtension(of: path) == "safetensors" else {
                try object.pipeline.save(
                    to: path, corpus: object.corpus, fileSystem: object.fileSystem)
                return []
            }
            try object.fileSystem.makeFolders(FilePath.folder(of: path))
            try SafetensorsFile.write(
                object.pipeline.stateDict(), to: path, metadata: ["format": "hire-pipeline"],
                fileSystem: object.fileSystem)
            return []
        },
        ScriptFunction(
            "load",
            "Reads weights from a safetensors file; names and shapes must agree completely.",
            parameters: [ScriptParameter("path", .path, "The file.")],
            options: [
                .optional("strict", .boolean, "Whether everything must agree.", default: "true"),
                checkFinite,
            ],
            returns: [ScriptResult(.string, "what was loaded and what did not fit")]
        ) { arguments in
            let object = arguments.receiver(PipelineObject.self)
            let file = try SafetensorsFile.read(
                arguments.string("path"), fileSystem: object.fileSystem,
                backend: object.pipeline.context.backend)
            let strict = try arguments.boolean("strict", default: true)
            let report =
                try arguments.boolean("check_finite", default: true)
                ? object.pipeline.load(FiniteWeights(file, label: file.path), strict: strict)
                : object.pipeline.load(file, strict: strict)
            return [.string(report.description)]
        },
    ]
}
