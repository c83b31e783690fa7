import HireArray
import HireFiles
import HireVLM

/// `hire.pipeline`: assembling models.
public enum PipelineLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "pipeline", summary: "Multimodal models assembled from plugins.",
        functions: [build, load, check],
        classes: [
            CapturedObject.scriptClass,
            PipelineObject.scriptClass, StageObject.scriptClass, SwapReportObject.scriptClass,
        ])

    private static let build = ScriptFunction(
        "build", "Assembles a pipeline and fills its parameters from a seed.",
        parameters: [
            ScriptParameter(
                "recipe", .table,
                "`encoder`, `enricher`, `projector`, `language_model`, `tokenizer` (an id or a table with `id` and "
                    + "options), `preprocessing` and `prompt`; what is left out has its default.")
        ],
        options: [
            .optional(
                "task", .object("hire.Task"), "The task whose words the tokenizer must know."),
            .optional(
                "corpus", .list(.string), "Further texts whose words it must know.", default: "{}"),
            .optional("seed", .integer, "Keys initialisation.", default: "the script's seed"),
        ],
        returns: [ScriptResult(.object("hire.Pipeline"), "the pipeline")],
        example: """
            local model = hire.pipeline.build({
              preprocessing = { high_resolution = 32, low_resolution = 16 },
              encoder = { id = "small-vit", resolution = 16, patch = 4, width = 16 },
            }, { corpus = { "what colour is it", "red" }, seed = 1 })
            print(model)
            """
    ) { arguments in
        var corpus = try arguments.strings("corpus")
        if arguments.has("task") {
            corpus += try arguments.object("task", TaskObject.self).task.corpus
        }
        let context = arguments.host.context
        var source = context.random
        if arguments.has("seed") {
            guard let seed = UInt64(exactly: try arguments.integer("seed")) else {
                throw arguments.mismatch("seed", "a number from 0")
            }
            source = RandomSource(seed: seed)
        }
        let pipeline = try Pipeline(
            Recipe(arguments.jsonObject("recipe")), catalog: arguments.host.catalog, corpus: corpus,
            in: context)
        try pipeline.initialize(from: source)
        pipeline.setTraining(false)
        return [.object(PipelineObject(pipeline, corpus: corpus))]
    }
}
