import HireArray
import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM

extension PipelineMethods {
    static let capturing = [
        ScriptFunction(
            "capture",
            "Runs the pipeline as far as the features that are wanted, and no further, and returns them by name.",
            parameters: [
                images,
                CaptureArguments.parameter(
                    "patterns",
                    "Globs over `capture_points` (`!` in front removes), functions over names, or tables of globs with "
                        + "options; positions are counted from 1."),
            ],
            options: [
                .optional(
                    "question", .string,
                    "What the language model reads behind the picture; its points are reached only with one."
                ),
                CaptureArguments.edits,
                .optional(
                    "to", .path, "An .h5 file, or a folder for one; the results are then handles."),
            ],
            returns: [
                ScriptResult(
                    .table,
                    "tensors by name, maps as [N, C, H, W]; handles with `read` where `to` is given"
                ),
                ScriptResult(
                    .table,
                    "`stopped_after` (the last feature that was wanted; nothing behind it ran), `seconds`, `notes`, and "
                        + "with `to` `files` and `bytes`"),
            ]
        ) { arguments in
            let pipeline = arguments.receiver(PipelineObject.self).pipeline
            let images = try pictures(arguments)
            let question = try arguments.optionalString("question")
            if question != nil, images.count > 1 {
                throw ScriptError.message(
                    "\(arguments.function): a question is about one picture, got \(images.count).")
            }
            let call = try CaptureCall(
                arguments, option: "patterns", question: question, images: images.count)
            return try call.run { collector, reachable in
                try CapturePass(pipeline, collector).run(
                    images, question: question, reachable: reachable)
            }
        },
        ScriptFunction(
            "capture_plan",
            "What a capture would store, found out on shapes alone: every array, its dtype and bytes, and the disk's room.",
            options: [
                CaptureArguments.capture,
                .optional(
                    "question", .string, "What the language model reads.",
                    default: "an empty question"),
                .optional("samples", .integer, "How many pictures.", default: "1"),
                .optional(
                    "to", .path, "The folder whose disk has to hold it.",
                    default: "the folder for results"),
            ],
            returns: [
                ScriptResult(
                    .table,
                    "`arrays` (`name`, `shape`, `dtype`, `bytes_per_sample`, `samples`, `bytes`), `bytes_per_sample`, "
                        + "`bytes`, `free_bytes`, `fits`, and `unreached`, the points that nothing passes"
                )
            ]
        ) { arguments in
            let object = arguments.receiver(PipelineObject.self)
            let pipeline = object.pipeline
            let rules = try CaptureArguments.rules(arguments, "capture")
            let samples = try arguments.integer("samples", default: 1)
            // Every sample counts on its own, so their number is bounded.
            guard (1...1_000_000).contains(samples) else {
                throw arguments.mismatch("samples", "a number from 1 to 1,000,000")
            }
            let prompted = try pipeline.prompted(arguments.string("question", default: ""))
            let span = SequenceSpan(prompted, imageTokens: pipeline.enricher.outputTokens)
            let names =
                try rules.isEmpty ? [] : rules.choose(among: pipeline.capturePoints()).map(\.name)
            let context = arguments.host.shapesContext()
            let shapes = try arguments.host.making(in: context) {
                try CaptureShapes(
                    pipeline.recipe, catalog: arguments.host.catalog, corpus: object.corpus,
                    tokenizer: pipeline.tokenizer, in: context, before: span.before,
                    after: span.after, watched: Set(names),
                    languageModel: names.contains { $0.hasPrefix("language_model.") })
            }
            let plan = try CapturePlan(
                rules, shapes, spans: Array(repeating: span, count: samples))
            let folder = try arguments.string("to", default: arguments.host.outputFolder)
            let free = try CapturePlan.freeBytes(folder, object.fileSystem)
            return [
                .fields(
                    fields(plan) + [
                        ("free_bytes", .integer(free)),
                        ("fits", .boolean(plan.bytes / 100 * 101 <= free)),
                    ])
            ]
        },
    ]

    /// A plan as scripts see it.
    static func fields(_ plan: CapturePlan) -> [(String, ScriptValue)] {
        [
            (
                "arrays",
                .list(
                    plan.rows.map { row in
                        .fields([
                            ("name", .string(row.name)),
                            ("shape", .list(row.shape.map { .integer($0) })),
                            ("dtype", .string(row.dtype.shortName)),
                            ("bytes_per_sample", .integer(row.bytesPerSample)),
                            ("samples", .integer(row.samples)), ("bytes", .integer(row.bytes)),
                        ])
                    })
            ),
            ("bytes_per_sample", .integer(plan.bytesPerSample)), ("bytes", .integer(plan.bytes)),
            ("unreached", .list(plan.unreached.map { .string($0) })),
        ]
    }

    /// Runs `body` and returns what the patterns select, each point as it was reached first.
    static func capturing(
        _ pipeline: Pipeline, _ rules: CaptureRules, geometry: SequenceGeometry? = nil,
        _ body: () throws -> Void
    ) throws -> [(String, Tensor)] {
        let collector = try CaptureCollector(rules, of: pipeline)
        let mode = pipeline.scope.isTraining
        pipeline.setTraining(false)
        defer { pipeline.setTraining(mode) }
        try collector.pass(geometry: geometry, body)
        return tensors(collector.captured, in: pipeline.context)
    }

    /// Captured arrays as tensors by name; narrower numbers are widened.
    static func tensors(
        _ captured: [CaptureCollector.Captured], in context: Context
    ) -> [(String, Tensor)] {
        captured.flatMap { captured in
            zip(captured.form.outputs, captured.arrays).map { output, array in
                (captured.form.name(of: output), Tensor(array, in: context))
            }
        }
    }
}
