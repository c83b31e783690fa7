import HireVLM

/// `hire.evaluate`: asking a pipeline questions and grading its answers.
public enum EvaluateLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "evaluate", summary: "Answers to a task's questions, graded.",
        functions: [run, majority])

    private static let report = ScriptResult(
        .table,
        "`accuracy`, `standard_error`, `count`, `types` (the same per question type), `predictions` and "
            + "`seconds_per_image`")

    private static let run = ScriptFunction(
        "run", "Asks a pipeline every question of a split and grades the generated answers.",
        parameters: [
            ScriptParameter("pipeline", .object("hire.Pipeline"), "Who is asked."),
            ScriptParameter("task", .object("hire.Task"), "What is asked."),
        ],
        options: TrainingParameters.evaluation, returns: [report],
        example: """
            local task = hire.task.load { id = "shapes", train_images = 20, test_images = 10 }
            local model = hire.pipeline.build({
              preprocessing = { high_resolution = 32, low_resolution = 32 },
              encoder = { id = "small-vit", resolution = 32, patch = 8, width = 16 },
            }, { task = task })
            print(hire.evaluate.run(model, task, { images = 2 }).accuracy)
            """
    ) { arguments in
        let model = try arguments.object("pipeline", PipelineObject.self)
        let evaluator = try evaluator(arguments)
        try model.requireRunning(
            CheckedTexts(
                evaluator.task, [evaluator.options.split],
                maximumTokens: evaluator.options.maximumTokens), arguments)
        return [
            value(
                try evaluator.evaluate(model.pipeline, monitor: RunMonitor(arguments.host)),
                types: evaluator.task.questionTypes)
        ]
    }

    private static let majority = ScriptFunction(
        "majority",
        "What answering every question with the most frequent training answer of its type scores.",
        parameters: [ScriptParameter("task", .object("hire.Task"), "What is asked.")],
        options: TrainingParameters.evaluation.filter {
            !["batch", "blindfold"].contains($0.name)
        },
        returns: [report],
        example: """
            local task = hire.task.load { id = "shapes", train_images = 20, test_images = 10 }
            print(hire.evaluate.majority(task).accuracy)
            """
    ) { arguments in
        let evaluator = try evaluator(arguments)
        return [value(Baselines.majority(evaluator), types: evaluator.task.questionTypes)]
    }

    private static func evaluator(_ arguments: ScriptArguments) throws -> Evaluator {
        let options = try EvaluationOptions.decode(
            arguments.jsonObject(
                of: TrainingParameters.evaluation, defaults: EvaluationOptions.defaults()),
            plugin: "evaluation")
        return try Evaluator(arguments.object("task", TaskObject.self).task, options: options)
    }

    /// The fields of an accuracy.
    static func fields(_ accuracy: Accuracy) -> [(String, ScriptValue)] {
        [
            ("accuracy", .number(accuracy.value)),
            ("standard_error", .number(accuracy.standardError)),
            ("count", .integer(accuracy.count)),
        ]
    }

    private static func value(_ report: EvaluationReport, types: [String]) -> ScriptValue {
        .fields(
            fields(report.overall) + [
                ("types", .fields(zip(types, report.byType).map { ($0, .fields(fields($1))) })),
                (
                    "predictions",
                    .list(
                        report.predictions.map { prediction in
                            .fields([
                                ("sample", .string(prediction.sample)),
                                ("image", .integer(prediction.image + 1)),
                                ("question", .string(prediction.question)),
                                ("expected", .string(prediction.expected)),
                                ("answer", .string(prediction.answer)),
                                ("type", .string(prediction.type)),
                                ("grade", .number(prediction.grade)),
                            ])
                        })
                ),
                ("seconds_per_image", .number(report.secondsPerImage)),
            ])
    }
}
