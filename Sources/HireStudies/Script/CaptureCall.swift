import HireArray
import HireFiles
import HireHDF5
import HireTensor
import HireVLM

/// One scripted call that captures: into memory, or with `to` into a file.
struct CaptureCall {
    private let arguments: ScriptArguments
    private let pipeline: Pipeline
    let collector: CaptureCollector
    private let rules: CaptureRules
    private let target: String?
    /// The points that something passes.
    let reachable: Set<String>?

    /// Reads what is captured, edited and written, and checks it on shapes alone.
    ///
    /// - Parameters:
    ///   - question: what the language model reads, if it does.
    ///   - images: how many pictures there are; the language model reads one at most.
    init(
        _ arguments: ScriptArguments, option: String, question: String?, images: Int
    ) throws {
        self.arguments = arguments
        let object = arguments.receiver(PipelineObject.self)
        pipeline = object.pipeline
        rules = try CaptureArguments.rules(arguments, option)
        collector = try CaptureCollector(rules, of: pipeline)
        target = try arguments.optionalString("to").map { to in
            FilePath.fileExtension(of: to) == "h5" ? to : FilePath.join(to, "capture.h5")
        }
        let plan = try CaptureCall.plan(
            arguments, rules, collector, question: question, hasImage: images > 0)
        reachable = plan?.reached
        if target != nil, rules.isEmpty {
            throw ScriptError.message(
                "\(arguments.function): to needs \(option), which says what is written.")
        }
    }

    /// What will be stored; nil where nothing is.
    private static func plan(
        _ arguments: ScriptArguments, _ rules: CaptureRules, _ collector: CaptureCollector,
        question: String?, hasImage: Bool
    ) throws -> CapturePlan? {
        if rules.isEmpty { return nil }
        if question == nil,
            let point = collector.chosen.first(where: { $0.name.hasPrefix("language_model.") })
        {
            throw CaptureError(
                point.name, "the language model reads a question, and none is given.")
        }
        let object = arguments.receiver(PipelineObject.self)
        let pipeline = object.pipeline
        let prompted = try question.map { try pipeline.prompted($0, image: hasImage ? 0 : nil) }
        let span = prompted.map {
            SequenceSpan($0, imageTokens: pipeline.enricher.outputTokens)
        }
        let context = arguments.host.shapesContext()
        let shapes = try arguments.host.making(in: context) {
            try CaptureShapes(
                pipeline.recipe, catalog: arguments.host.catalog, corpus: object.corpus,
                tokenizer: pipeline.tokenizer, in: context, before: span?.before ?? 0,
                after: span?.after ?? 0, hasImage: hasImage,
                watched: Set(collector.chosen.map(\.name)),
                languageModel: collector.needsLanguageModel)
        }
        return try CapturePlan(
            rules, shapes, spans: [span ?? SequenceSpan(before: 0, image: 0, after: 0)])
    }

    /// Runs a pass under the edits; gives what was captured and a table about it.
    func run(
        _ body: (CaptureCollector, Set<String>?) throws -> CapturePass.Outcome
    ) throws -> [ScriptValue] {
        let edits = try CaptureEdits(arguments, of: pipeline)
        defer { edits.cancel() }
        let clock = ContinuousClock()
        let began = clock.now
        let outcome = try body(collector, reachable)
        let time = seconds(clock.now - began)
        var info: [(String, ScriptValue)] = [("seconds", .number(time))]
        if let point = outcome.stoppedAfter { info.append(("stopped_after", .string(point))) }
        let (captured, written) = try kept(outcome, seconds: time)
        return [captured, .fields(info + written)]
    }

    /// What was captured, as tensors or as handles, and what is to say about it.
    func kept(_ outcome: CapturePass.Outcome, seconds: Double) throws -> (
        ScriptValue, [(String, ScriptValue)]
    ) {
        let notes = ("notes", ScriptValue.list(collector.overflowNotes.map { .string($0) }))
        guard let target else {
            let tensors = PipelineMethods.tensors(outcome.captured, in: pipeline.context)
            return (.fields(tensors.map { ($0, .tensor($1)) }), [notes])
        }
        var sample = RecordedSample(index: 0, id: "1", image: 0)
        if let (question, span) = outcome.prompt { sample.setPrompt(question, span) }
        sample.answer = outcome.answer?.text
        sample.seconds = seconds
        sample.captured = outcome.captured
        let files = SystemFileSystem()
        let recorder = ShardRecorder(
            attributes: try metadata(), backend: pipeline.context.backend,
            shardBytes: max(sample.byteCount, 1 << 20), fileSystem: files
        ) { _ in target }
        try recorder.append(sample)
        let written = try recorder.finish()
        let names = sample.captured.flatMap { captured in
            captured.form.outputs.map { captured.form.name(of: $0) }
        }
        let paths = RecordingShard.paths(ofHooks: names)
        let handles = sample.captured.flatMap { captured in
            zip(captured.form.outputs, captured.arrays).map { output, array in
                let name = captured.form.name(of: output)
                let isSqueezed = array.rank > 1 && array.shape[0] == 1
                let shape = isSqueezed ? array.shape : [1] + array.shape
                return (
                    name,
                    ScriptValue.object(
                        CapturedObject(
                            target, paths[name] ?? RecordingShard.path(ofHook: name), shape,
                            array.dtype, in: pipeline.context))
                )
            }
        }
        return (
            .fields(handles),
            [
                notes, ("files", .list(written.map { .string($0.path) })),
                ("bytes", .integer(written.map(\.byteCount).reduce(0, +))),
            ]
        )
    }

    private func metadata() throws -> [(String, HDF5Value)] {
        let configuration = Configuration([
            "recipe": .object(try pipeline.recipe.json()), "capture": rules.json(),
        ])
        return try RunMetadata(
            configuration, seed: Int(clamping: pipeline.drawnFrom?.seed ?? 0),
            context: pipeline.context
        ).attributes
    }
}
