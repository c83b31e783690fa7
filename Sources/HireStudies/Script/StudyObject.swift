import HireFiles
import HireVLM

/// A study that has run, in a script's hands.
public final class StudyObject: ScriptObject {
    /// The study.
    public let plan: any StudyPlan
    /// Its folder.
    public let folder: RunFolder
    /// What it came to.
    public let outcome: RunOutcome

    /// A handle on a study.
    public init(_ plan: any StudyPlan, _ folder: RunFolder, _ outcome: RunOutcome) {
        self.plan = plan
        self.folder = folder
        self.outcome = outcome
    }

    /// One line for `tostring`.
    public var scriptDescription: String {
        "\(plan.kind) of \(outcome.items.count) items, \(outcome.items.count - outcome.remaining.count) finished, in "
            + folder.path
    }

    private static let label = ScriptParameter("item", .string, "The item's label, or its id.")

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Study", summary: "The results of a study.",
        methods: [
            ScriptFunction(
                "table", "The table of results: one row per finished item.",
                returns: [ScriptResult(.object("hire.Table"), "the table")]
            ) { arguments in
                let object = arguments.receiver(StudyObject.self)
                let table =
                    try (object.plan as? AblationStudy).map {
                        try ResultTable($0.results, task: $0.task)
                    } ?? ResultTable(object.outcome.items)
                return [.object(TableObject(table))]
            },
            ScriptFunction(
                "results", "The results of finished items as data.",
                returns: [
                    ScriptResult(
                        .list(.table),
                        "per item `item`, `group`, `seed`, `axes`; of an ablation `variant`, `accuracy`, `standard_error`, `count`, "
                            + "`types`, `parameters`, `macs`, `seconds_per_image`, `peak_bytes`, `final_loss`; of other studies "
                            + "`metrics` and `measured`")
                ]
            ) { arguments in
                [.list(try StudyResults.values(of: arguments.receiver(StudyObject.self)))]
            },
            ScriptFunction(
                "pipeline", "The trained pipeline of an item.", parameters: [label],
                returns: [ScriptResult(.object("hire.Pipeline"), "the pipeline with its weights")]
            ) { arguments in
                let study = try ablation(arguments)
                let pipeline = try study.pipeline(of: arguments.string("item"))
                return [.object(PipelineObject(pipeline, corpus: study.task.corpus))]
            },
            ScriptFunction(
                "history", "The training curve of an item.", parameters: [label],
                returns: [
                    ScriptResult(.table, "`loss`, `learning_rate`, `gradient_norm`, `seconds`")
                ]
            ) { arguments in
                let study = try ablation(arguments)
                return [TrainLibrary.history(try study.history(of: arguments.string("item")))]
            },
        ],
        properties: [
            ScriptProperty("folder", .string, "The folder with all files.") {
                .string(study($0).folder.path)
            },
            ScriptProperty(
                "variants", .list(.string), "Labels of finished items that have a trained model."
            ) { object in
                let study = study(object)
                let left = Set(study.outcome.remaining)
                let trained = (study.plan as? AblationStudy)?.trainedItems ?? []
                return .list(trained.filter { !left.contains($0) }.map { .string($0) })
            },
            ScriptProperty(
                "items", .list(.table),
                "All items: `label`, `id`, `group`, `variant`, `seed`, `axes`, `state`, `folder`."
            ) { .list(study($0).outcome.items.map(StudyResults.value)) },
            ScriptProperty(
                "failed", .list(.table),
                "Items that failed while the rest went on: `label` and `error`."
            ) {
                .list(
                    study($0).outcome.failed.map {
                        .fields([("label", .string($0.label)), ("error", .string($0.error))])
                    })
            },
        ])

    private static func study(_ object: any ScriptObject) -> StudyObject {
        guard let object = object as? StudyObject else {
            preconditionFailure("A property of hire.Study was read from another class.")
        }
        return object
    }

    private static func ablation(_ arguments: ScriptArguments) throws -> AblationStudy {
        let plan = arguments.receiver(StudyObject.self).plan
        guard let study = plan as? AblationStudy else {
            throw ScriptError.message(
                "\(arguments.function): only an ablation trains pipelines, this study is a \(plan.kind)."
            )
        }
        return study
    }
}
