import HireVLM

/// A study that has run, in a script's hands.
public final class StudyObject: ScriptObject {
    /// The study.
    public let study: AblationStudy

    /// A handle on a study.
    public init(_ study: AblationStudy) { self.study = study }

    /// One line for `tostring`.
    public var scriptDescription: String {
        "study of \(study.variants.count) variants in \(study.folder.path)"
    }

    private static let variant = ScriptParameter("variant", .string, "The variant's name.")

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Study", summary: "The results of an ablation.",
        methods: [
            ScriptFunction(
                "table", "The table of results.",
                returns: [ScriptResult(.object("hire.Table"), "the table")]
            ) { arguments in
                let study = arguments.receiver(StudyObject.self).study
                return [.object(TableObject(try ResultTable(study.results, task: study.task)))]
            },
            ScriptFunction(
                "results", "The results as data.",
                returns: [
                    ScriptResult(
                        .list(.table),
                        "per variant `variant`, `accuracy`, `standard_error`, `count`, `types`, `parameters`, `macs`, "
                            + "`seconds_per_image`, `peak_bytes`, `final_loss`")
                ]
            ) { arguments in
                let study = arguments.receiver(StudyObject.self).study
                return [.list(study.results.map { value($0, study.task.questionTypes) })]
            },
            ScriptFunction(
                "pipeline", "The trained pipeline of a variant.", parameters: [variant],
                returns: [ScriptResult(.object("hire.Pipeline"), "the pipeline with its weights")]
            ) { arguments in
                let study = arguments.receiver(StudyObject.self).study
                let pipeline = try study.pipeline(of: arguments.string("variant"))
                return [.object(PipelineObject(pipeline, corpus: study.task.corpus))]
            },
            ScriptFunction(
                "history", "The training curve of a variant.", parameters: [variant],
                returns: [
                    ScriptResult(.table, "`loss`, `learning_rate`, `gradient_norm`, `seconds`")
                ]
            ) { arguments in
                let study = arguments.receiver(StudyObject.self).study
                return [TrainLibrary.history(try study.history(of: arguments.string("variant")))]
            },
        ],
        properties: [
            ScriptProperty("folder", .string, "The folder with all files.") {
                .string(study(of: $0).folder.path)
            },
            ScriptProperty("variants", .list(.string), "The variants that have a trained model.") {
                .list(study(of: $0).trainedVariants.map { .string($0) })
            },
        ])

    private static func study(of object: any ScriptObject) -> AblationStudy {
        guard let object = object as? StudyObject else {
            preconditionFailure("A property of hire.Study was read from another class.")
        }
        return object.study
    }

    private static func value(_ result: VariantResult, _ types: [String]) -> ScriptValue {
        var fields: [(String, ScriptValue)] = [("variant", .string(result.variant))]
        fields += EvaluateLibrary.fields(result.accuracy)
        fields.append(
            (
                "types",
                .fields(
                    zip(types, result.byType).map { ($0, .fields(EvaluateLibrary.fields($1))) })
            ))
        let optional: [(String, ScriptValue?)] = [
            ("parameters", result.cost.map { .integer($0.parameters) }),
            ("macs", result.cost.map { .integer($0.multiplyAdds) }),
            ("seconds_per_image", result.secondsPerImage.map { .number($0) }),
            ("training_seconds", result.trainingSeconds.map { .number($0) }),
            ("peak_bytes", result.trainingPeakBytes.map { .integer($0) }),
            ("final_loss", result.finalLoss.map { .number($0) }),
        ]
        for (name, value) in optional { if let value { fields.append((name, value)) } }
        return .fields(fields)
    }
}
