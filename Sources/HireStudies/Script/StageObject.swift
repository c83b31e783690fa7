import HireTensor
import HireVLM

/// One stage of a pipeline, callable from scripts with plain tensors.
public final class StageObject: ScriptObject {
    private let pipeline: Pipeline
    private let stage: String

    /// A stage by its name in the pipeline.
    init(_ pipeline: Pipeline, _ stage: String) {
        self.pipeline = pipeline
        self.stage = stage
    }

    /// One line for `tostring`.
    public var scriptDescription: String { "\(stage) of a pipeline" }

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Stage", summary: "One stage of a pipeline.",
        methods: [
            ScriptFunction(
                "capture", "Runs the stage and returns features by name beside what it makes.",
                parameters: [
                    ScriptParameter("input", .tensor, "What the stage reads."),
                    CaptureArguments.parameter(
                        "patterns",
                        "Globs over the pipeline's `capture_points`, or tables of globs with options."
                    ),
                ],
                options: [
                    .optional("high", .tensor, "The normalised high view, for an enricher.")
                ],
                returns: [
                    ScriptResult(.tensor, "what the stage makes"),
                    ScriptResult(.table, "tensors by name"),
                    ScriptResult(.tensor, "an enricher's tokens behind the map's [N,S,C], if any"),
                ]
            ) { arguments in
                let receiver = arguments.receiver(StageObject.self)
                var made: [ScriptValue] = []
                let captured = try PipelineMethods.capturing(
                    receiver.pipeline, CaptureArguments.rules(arguments, "patterns")
                ) {
                    made = try receiver.run(
                        arguments.tensor("input"), high: arguments.optionalTensor("high"))
                }
                return [made[0], .fields(captured.map { ($0, .tensor($1)) })] + made.dropFirst()
            },
            ScriptFunction(
                "high_resolution",
                "An enricher's map before pooling, where its upsampling is linear, as `pipeline:high_resolution` gives "
                    + "it.",
                parameters: [
                    ScriptParameter(
                        "input",
                        .either([
                            .tensor, .object("hire.Image"), .list(.object("hire.Image")),
                        ]), "Pictures, or features [N, C, h, w] with the option `high`.")
                ],
                options: [
                    .optional(
                        "high", .tensor, "The normalised high view [N, 3, R, R] of features.")
                ] + HighResolutionCall.options, returns: HighResolutionCall.results
            ) { arguments in
                let receiver = arguments.receiver(StageObject.self)
                let pipeline = receiver.pipeline
                guard receiver.stage == "enricher" else {
                    throw ScriptError.message(
                        "\(arguments.function): only the enricher has a map of high resolution, not the "
                            + "\(receiver.stage).")
                }
                return try HighResolutionCall(arguments, pipeline).run {
                    if case .tensor(let base) = arguments.value("input") {
                        let views = try receiver.views(
                            high: arguments.optionalTensor("high"), "as the option 'high'",
                            batch: base.shape.first ?? 0)
                        return (try FeatureMap(map: base), views)
                    }
                    let views = try pipeline.views(
                        of: PipelineMethods.pictures(arguments, "input"))
                    return (try pipeline.encoder(views.low), views)
                }
            },
        ],
        properties: [
            ScriptProperty("name", .string, "The stage's name, with which its paths begin.") {
                object in
                .string((object as? StageObject)?.stage ?? "")
            }
        ],
        call: ScriptFunction(
            "call",
            "Runs the stage: encoder(low [N,3,r,r]) and enricher(base [N,C,h,w], high [N,3,R,R]) give [N,C,h,w], "
                + "projector(map [N,C,h,w], or the tokens [N,T,C] of one) gives tokens [N,T,D], "
                + "language_model(embeddings [N,T,D]) gives logits [N,T,V].",
            parameters: [
                ScriptParameter("input", .tensor, "What the stage reads."),
                .optional("high", .tensor, "The normalised high view, for an enricher."),
            ],
            returns: [
                ScriptResult(.tensor, "what the stage makes"),
                ScriptResult(.tensor, "an enricher's tokens behind the map's [N,S,C], if any"),
            ]
        ) { arguments in
            let receiver = arguments.receiver(StageObject.self)
            let high = try arguments.optionalTensor("high")
            return try receiver.run(arguments.tensor("input"), high: high)
        })

    private func run(_ input: Tensor, high: Tensor?) throws -> [ScriptValue] {
        switch stage {
        case "encoder": return [.tensor(try pipeline.encoder(input).map())]
        case "enricher":
            let views = try views(
                high: high, "as second argument", batch: input.shape.first ?? 0)
            let map = try pipeline.enricher(
                pipeline.enricherInput(base: FeatureMap(map: input), views))
            return [.tensor(try map.map())] + (map.suffix.map { [.tensor($0)] } ?? [])
        case "projector":
            let map =
                input.rank == 3
                ? try FeatureMap(tokens: input, grid: [input.shape[1], 1])
                : try FeatureMap(map: input)
            return [.tensor(try pipeline.projector(map))]
        default:
            return [.tensor(try pipeline.languageModel(LanguageModelInput(embeddings: input)))]
        }
    }

    private func views(
        high: Tensor?, _ place: String, batch: Int
    ) throws -> ImageViews {
        guard let high else {
            throw ScriptError.message("enricher: the high view [N,3,R,R] is missing \(place).")
        }
        guard high.rank == 4, high.shape[1] == 3, high.shape[0] == batch, high.shape[2] > 0,
            high.shape[2] == high.shape[3]
        else {
            throw ScriptError.message(
                "enricher: the high view \(place) must be [\(batch),3,R,R], got \(high.shape).")
        }
        return ImageViews(high: high, low: try pipeline.recipe.preprocessing.lowView(of: high))
    }
}
