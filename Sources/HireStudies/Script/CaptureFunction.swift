import HireFiles
import HireImaging
import HireTensor
import HireVLM

/// `hire.study.capture`.
enum CaptureFunction {
    private static let split = ScriptParameter.optional(
        "split", .choice(DataSplit.allCases.map(\.rawValue)), "Which part of a task's data.",
        default: "\"test\"")

    static let capture = ScriptFunction(
        "capture",
        "Writes features of many pictures to HDF5, stretch by stretch; what is finished is kept and taken over when the "
            + "same capture runs again in the same folder, and several processes share the work.",
        options: [
            ScriptParameter("pipeline", .object("hire.Pipeline"), "What is looked into."),
            .optional("task", .object("hire.Task"), "Pictures and questions."),
            split,
            .optional(
                "images", .list(.either([.path, .object("hire.Image")])),
                "In place of a task: pictures, or paths of their files."),
            .optional(
                "question", .string,
                "With `images`: what is asked about each; without, nothing behind the projector can be captured."
            ),
            CaptureArguments.capture,
            .optional("samples", .integer, "How many, from the first.", default: "all"),
            .optional(
                "answers", .boolean,
                "Whether questions are answered and graded too; without, nothing runs behind the last feature that is "
                    + "wanted.", default: "false"),
            .optional(
                "maximum_tokens", .integer, "With `answers`: where an answer is cut off.",
                default: "8"),
            CaptureArguments.edits,
            .optional(
                "shard_bytes", .integer, "Bytes of values in one file.", default: "48 MiB"),
            .optional(
                "fresh", .boolean, "Does finished stretches again.",
                default: "whether the command line says `--fresh`"),
            .optional("folder", .path, "Where files go.", default: "the folder for results"),
        ],
        returns: [
            ScriptResult(
                .object("hire.Study"), "the finished study; an item is a stretch of samples"),
            ScriptResult(
                .table,
                "`files` in the study's folder, `samples`, `bytes`, `arrays` (as `capture_plan` gives them), `unreached`, "
                    + "`stopped_after` and `notes`"),
        ],
        example: """
            local task = hire.task.load { id = "shapes", train_images = 4, test_images = 4, size = 32 }
            local model = hire.pipeline.build({
              preprocessing = { high_resolution = 32, low_resolution = 16 },
              encoder = { id = "small-vit", resolution = 16, patch = 4, width = 16 },
            }, { task = task })
            local study, run = hire.study.capture {
              pipeline = model, task = task, samples = 3,
              capture = { "encoder.output", { "encoder.layers.*.output", dtype = "f16", reduce = "mean" } },
            }
            assert(#run.files == 1 and run.samples == 3)
            """
    ) { arguments in
        let host = arguments.host
        let object = try arguments.object("pipeline", PipelineObject.self)
        var options = CaptureStudyOptions(try CaptureArguments.rules(arguments, "capture"))
        if arguments.has("shard_bytes") {
            options.shardBytes = try arguments.integer("shard_bytes")
        }
        if try arguments.boolean("answers", default: false) {
            options.answering = GenerationOptions(
                maximumTokens: try arguments.integer("maximum_tokens", default: 8))
        }
        for pattern in host.studyRequest.capture {
            options.rules.rules.append(CaptureRules.Rule([pattern]))
        }
        let edits = try CaptureEdits(arguments, of: object.pipeline)
        defer { edits.cancel() }
        if !edits.isEmpty {
            // Functions have no digest of their own; the text of the script that holds them has.
            guard let script = host.studyRequest.script else {
                throw ScriptError.message(
                    "\(arguments.function): edits need a script file (hire run), whose text tells captures with other edits "
                        + "apart; here use pipeline:capture with `to`.")
            }
            options.identity["edits"] = .array(edits.patterns.map { .string($0) })
            options.identity["script_sha256"] = .string(SHA256.hex(of: script.text.utf8))
            options.beforeSample = { edits.sample = ($0, $1) }
        }
        let context = host.shapesContext()
        let study = try host.making(in: context) {
            try CaptureStudy(
                source(arguments), of: object.pipeline, options: options, catalog: host.catalog,
                corpus: object.corpus, shapes: context, script: host.studyRequest.script?.text)
        }
        let shared = StudyArguments(arguments: arguments)
        let request = try shared.request()
        if let override = request.overrides.first {
            throw StudyError.axis(
                "\(override.text): a capture has no axes; its options stand in the script.")
        }
        let runner = StudyRunner(
            try shared.folder(), request: request, script: try shared.script())
        let outcome = try shared.run(study, runner)
        return [
            .object(StudyObject(study, runner.folder, outcome)),
            .fields(fields(study, outcome)),
        ]
    }

    private static func fields(_ study: CaptureStudy, _ outcome: RunOutcome) -> [(
        String, ScriptValue
    )] {
        let results = outcome.items.compactMap(\.result)
        let samples = results.compactMap { $0.metrics["samples"]?.intValue }
        var fields = PipelineMethods.fields(study.plan).filter { $0.0 != "bytes_per_sample" }
        fields += [
            ("files", .list(results.flatMap(\.files).map { .string($0) })),
            ("samples", .integer(samples.reduce(0, +))),
            ("notes", .list(study.notes.map { .string($0) })),
        ]
        if let point = study.stoppedAfter { fields.append(("stopped_after", .string(point))) }
        return fields
    }

    private static func source(_ arguments: ScriptArguments) throws -> CaptureSource {
        let name = arguments.function
        let count = arguments.has("samples") ? try arguments.integer("samples") : nil
        if let count, count < 1 { throw arguments.mismatch("samples", "a number from 1") }
        guard arguments.has("task") != arguments.has("images") else {
            throw ScriptError.message("\(name): give either a task or images.")
        }
        if arguments.has("task") {
            if arguments.has("question") {
                throw ScriptError.message(
                    "\(name): a task has its own questions; question goes with images.")
            }
            let split = DataSplit(rawValue: try arguments.string("split", default: "test")) ?? .test
            return .task(
                try arguments.object("task", TaskObject.self).task, split, count: count)
        }
        var (paths, images) = ([String](), [Image]())
        for value in try arguments.list("images").prefix(count ?? .max) {
            switch value {
            case .string(let path): paths.append(path)
            case .object(let object):
                guard let object = object as? ImageObject else {
                    throw arguments.mismatch("images", "pictures or paths")
                }
                images.append(object.image)
            default: throw arguments.mismatch("images", "pictures or paths")
            }
        }
        guard paths.isEmpty || images.isEmpty else {
            throw ScriptError.message("\(name): images are pictures or paths, not both.")
        }
        let question = try arguments.optionalString("question")
        return paths.isEmpty
            ? .images(images, question: question) : .files(paths, question: question)
    }
}
