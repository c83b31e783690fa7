import HireArray
import HireFiles
import HireImaging
import HireNN
import HireTensor
import HireVLM

/// Trains, evaluates and records variants one after the other under equal conditions, and keeps what is finished.
///
/// All variants start from one seed and see the same questions in the same order. A finished variant is on the disk
/// before the next begins; running again in the same folder takes it over.
public final class AblationStudy {
    /// Pictures, questions, answers.
    public let task: any Task
    /// The rows, in order.
    public let variants: [Variant]
    /// What is done beside training.
    public let options: StudyOptions
    /// Results of the variants that are finished, in the order of `variants`.
    public var results: [VariantResult] { variants.compactMap { found[$0.name] } }
    /// The folder.
    public let folder: RunFolder
    /// What is finished.
    public internal(set) var journal: ResultsJournal

    let catalog: PluginCatalog
    let context: Context
    let shapes: () -> Context
    private let evaluator: Evaluator
    private var found: [String: VariantResult] = [:]

    /// A study; nothing runs yet.
    ///
    /// - Parameters:
    ///   - context: where variants are computed.
    ///   - shapes: makes contexts on the shapes-only back-end, for costs.
    /// - Throws: `StudyError.duplicateVariant`, `PluginError` for options out of range.
    public init(
        task: any Task, variants: [Variant], options: StudyOptions, catalog: PluginCatalog,
        context: Context, shapes: @escaping () -> Context, folder: RunFolder
    ) throws {
        var names: Set<String> = []
        for variant in variants where !names.insert(variant.fileName).inserted {
            throw StudyError.duplicateVariant(variant.name)
        }
        self.task = task
        self.variants = variants
        self.options = options
        self.catalog = catalog
        self.context = context
        self.shapes = shapes
        self.folder = folder
        journal = try ResultsJournal(
            folder.location("results.jsonl"), fileSystem: folder.fileSystem)
        evaluator = try Evaluator(task, options: options.evaluation)
    }

    /// Runs what is not finished and writes `run.h5`.
    ///
    /// - Throws: `StudyError.problems` with all that does not fit, before anything is computed or written; later whatever
    ///   stops a variant, and those finished before stay finished.
    public func run(_ monitor: RunMonitor = .silent) throws {
        // Mistakes in later variants show before hours are spent on the first.
        let problems = problems()
        if !problems.isEmpty { throw StudyError.problems(problems) }
        let configurations = try variants.map { try configuration(of: $0) }
        var entries: [JSONObject?] = []
        for (variant, configuration) in zip(variants, configurations) {
            entries.append(
                options.fresh ? nil : try finished(variant.fileName, configuration))
        }
        if journal.wasTorn {
            monitor.say(
                "\(folder.path): the last line of the journal was half-written and is cut off.")
        }
        for (index, variant) in variants.enumerated() {
            try monitor.checkInterrupt()
            if let entry = entries[index] {
                if try isIntact(entry) {
                    found[variant.name] = try VariantResult(
                        entry["result"]?.objectValue ?? JSONObject(), source: journal.path)
                    monitor.say(
                        "\(variant.name): finished before with this configuration, taken over.")
                    continue
                }
                monitor.say(
                    "\(variant.name): finished before, but its files have changed; done again.")
            }
            found[variant.name] = try run(variant, configurations[index], monitor)
        }
        try writeIndex()
    }

    /// What determines a variant's numbers.
    public func configuration(of variant: Variant) throws -> Configuration {
        var members: JSONObject = [
            "schema": "hire-study-1", "task": .string(task.id), "origin": .string(task.origin),
            "evaluation": .object(try options.evaluation.json()),
        ]
        if let baseline = variant.baseline {
            members["baseline"] = .string(baseline.rawValue)
            return Configuration(members)
        }
        members["recipe"] = .object(try variant.recipe.json())
        members["training"] = .object(try variant.training.json())
        members["seed"] = .integer(Int64(options.seed))
        members["record"] = .array(options.record.map { .string($0) })
        members["record_images"] = .integer(Int64(options.recordImages))
        members["backend"] = .string(context.backend.name)
        return Configuration(members)
    }

    private func run(_ variant: Variant, _ configuration: Configuration, _ monitor: RunMonitor)
        throws
        -> VariantResult
    {
        if variant.baseline != nil {
            let result = VariantResult(variant.name, Baselines.majority(evaluator))
            try finish(variant.fileName, configuration, result: result.json(), files: [])
            return result
        }
        let pipeline = try makePipeline(variant)
        let trainer = try Trainer(pipeline, on: task, options: variant.training)
        let checkpoint = "variants/\(variant.fileName)/checkpoint.safetensors"
        let digest = try configuration.digest()
        try resume(trainer, from: checkpoint, digest: digest, name: variant.name, monitor)
        context.backend.ledger.resetPeak()
        try trainer.run(title: "train \(variant.name)", monitor: monitor) { [folder] trainer in
            guard trainer.step > 0 else { return }
            try trainer.save(
                to: folder.file(checkpoint), digest: digest, fileSystem: folder.fileSystem)
        }
        let trainingPeak = context.backend.ledger.peakBytes
        pipeline.zeroGradients()
        context.backend.ledger.resetPeak()
        let seeing = try Evaluator(task, options: evaluation(of: variant))
        let report = try seeing.evaluate(
            pipeline, title: "evaluate \(variant.name)", monitor: monitor)

        var result = VariantResult(variant.name, report)
        result.evaluationPeakBytes = context.backend.ledger.peakBytes
        result.trainingPeakBytes = trainingPeak
        result.cost = try cost(of: variant)
        result.secondsPerImage = report.secondsPerImage
        result.trainingSeconds = trainer.history.map(\.seconds).reduce(0, +)
        let tail = trainer.history.suffix(max(trainer.history.count / 10, 1)).map(\.loss)
        result.finalLoss = tail.reduce(0, +) / Double(max(tail.count, 1))
        result.shards = try record(pipeline, variant, configuration)
        let files = try write(pipeline, trainer.history, report, variant)
        try finish(
            variant.fileName, configuration, result: result.json(), files: files + result.shards)
        let leftover = try folder.file(checkpoint)
        if try folder.fileSystem.exists(leftover) { try folder.fileSystem.removeFile(leftover) }
        return result
    }

    private func resume(
        _ trainer: Trainer, from name: String, digest: String, name variant: String,
        _ monitor: RunMonitor
    ) throws {
        let path = FilePath.join(folder.path, name)
        guard !options.fresh, try folder.fileSystem.exists(path) else { return }
        do {
            try trainer.restore(from: path, digest: digest, fileSystem: folder.fileSystem)
        } catch is TrainingError {
            return  // left by another configuration; it will be replaced
        }
        monitor.say("\(variant): goes on at step \(trainer.step + 1), where it was stopped.")
    }

    /// A pipeline of a variant with the study's seed, untrained.
    func makePipeline(_ variant: Variant) throws -> Pipeline {
        let source = RandomSource(seed: UInt64(options.seed))
        context.resetStreams(source)
        let pipeline = try Pipeline(
            variant.recipe, catalog: catalog, corpus: task.corpus, in: context)
        try pipeline.initialize(from: source)
        return pipeline
    }

    private func evaluation(of variant: Variant) -> EvaluationOptions {
        var changed = options.evaluation
        changed.blindfold = changed.blindfold || variant.training.blindfold
        return changed
    }

    private func cost(of variant: Variant) throws -> PipelineCost {
        guard let sample = task.samples(options.evaluation.split).first else {
            throw TrainingError.noQuestions(task: task.id)
        }
        return try PipelineCost.measure(
            variant.recipe, catalog: catalog, corpus: task.corpus, shapes: shapes(),
            question: (sample.question, sample.answer))
    }

    private func record(_ pipeline: Pipeline, _ variant: Variant, _ configuration: Configuration)
        throws
        -> [String]
    {
        let patterns = try options.record.filter { try pipeline.hasCapturePoint($0) }
        guard !patterns.isEmpty, options.recordImages > 0, !variant.training.blindfold else {
            return []
        }
        let recorder = Recorder(
            patterns, into: folder, name: variant.fileName,
            metadata: try RunMetadata(
                configuration, seed: options.seed, context: context, fileSystem: folder.fileSystem),
            backend: context.backend)
        let split = options.evaluation.split
        let samples = task.samples(split)
        for row in evaluator.rows.prefix(options.recordImages) {
            guard let first = row.samples.first else { continue }
            try recorder.record(
                samples[first], task.image(split, at: row.image), of: task, with: pipeline,
                options: options.evaluation)
        }
        return try recorder.finish()
    }
}

extension Pipeline {
    /// Whether a pattern selects anything here.
    fileprivate func hasCapturePoint(_ pattern: String) throws -> Bool {
        try capturePoints().contains { try AblationStudy.selects(pattern, $0) }
    }
}
