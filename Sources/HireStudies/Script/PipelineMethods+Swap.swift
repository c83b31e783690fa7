import HireArray
import HireVLM

extension PipelineMethods {
    static let setEnricher = ScriptFunction(
        "set_enricher",
        "Puts another enricher in, completely or not at all; layers that agree in names and shapes keep their weights, "
            + "the rest is drawn from the seed as in a pipeline made afresh.",
        parameters: [
            ScriptParameter(
                "enricher", .either([.string, .table]), "An id, or a table with `id` and options."),
            .optional("config", .table, "Options, where the enricher is given by its id."),
        ],
        options: [
            .optional(
                "columns", .choice(SwapOptions.Columns.allCases.map(\.rawValue)),
                "What becomes of the projector's first layer if its width changes: `fresh` draws it anew; `keep` and "
                    + "`zero` keep the columns that read E(i), the others drawn anew or zero; `refuse` fails.",
                default: "\"fresh\""),
            .optional(
                "weights", .path,
                "A .safetensors file, a folder of a pipeline or of a finished variant: its weights of enricher and "
                    + "projector go before everything else where names and shapes agree."),
            .optional(
                "strict", .boolean,
                "Whether these weights must have every parameter of enricher and projector and no other.",
                default: "false"),
            .optional(
                "high_resolution", .integer,
                "Side of the high view from now on, in pixels; 0 is what the enricher wants.",
                default: "what the recipe asked for"),
            .optional(
                "seed", .integer, "Keys what is drawn.",
                default: "the seed that the pipeline was made with"),
        ],
        returns: [ScriptResult(.object("hire.SwapReport"), "where the weights come from")]
    ) { arguments in
        let object = arguments.receiver(PipelineObject.self)
        var choice = try PluginChoice(arguments.value("enricher").json("enricher"), for: .enricher)
        for (key, value) in try arguments.jsonObject("config").members {
            choice.configuration[key] = value
        }
        var options = SwapOptions()
        options.columns =
            .init(rawValue: try arguments.string("columns", default: "fresh")) ?? .fresh
        options.isStrict = try arguments.boolean("strict", default: false)
        if arguments.has("high_resolution") {
            options.highResolution = try arguments.integer("high_resolution")
        }
        if arguments.has("seed") {
            guard let seed = UInt64(exactly: try arguments.integer("seed")) else {
                throw arguments.mismatch("seed", "a number from 0")
            }
            options.random = RandomSource(seed: seed)
        }
        if let path = try arguments.optionalString("weights") {
            options.weights = try SwapWeights.open(
                path, fileSystem: object.fileSystem, backend: object.pipeline.context.backend)
        } else if options.isStrict {
            throw arguments.mismatch("weights", "given where strict is true")
        }
        let report = try object.pipeline.setEnricher(
            choice, catalog: arguments.host.catalog, options: options)
        return [.object(SwapReportObject(report))]
    }
}

/// What a swap did, in a script's hands.
final class SwapReportObject: ScriptObject {
    private let report: SwapReport

    init(_ report: SwapReport) { self.report = report }

    var scriptDescription: String { report.description }

    static let scriptClass = ScriptClass(
        name: "hire.SwapReport",
        summary: "Where the weights of enricher and projector come from after a swap; print it.",
        methods: [],
        properties: [
            list("initialised", "Paths of parameters that were drawn from the seed.") {
                $0.initialised
            },
            list("kept", "Paths that were taken over from the former enricher and projector.") {
                $0.kept
            },
            list("resized", "Paths of the projector of which the columns of E(i) were kept.") {
                $0.resized.map(\.name)
            },
            list("loaded", "Paths that were read from the given weights.") { $0.loaded },
            list("dropped", "Paths that only the former enricher and projector had.") {
                $0.dropped
            },
            list("left_over", "Names in the given weights that found no place.") { $0.leftOver },
        ])

    private static func list(
        _ name: String, _ summary: String, _ get: @escaping @Sendable (SwapReport) -> [String]
    ) -> ScriptProperty {
        ScriptProperty(name, .list(.string), summary) { object in
            guard let object = object as? SwapReportObject else { return .none }
            return .list(get(object.report).map { .string($0) })
        }
    }
}
