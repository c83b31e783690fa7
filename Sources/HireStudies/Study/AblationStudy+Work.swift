import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

extension AblationStudy {
    /// Trains, evaluates and records one item; a request to stop leaves a checkpoint that the next attempt goes on from.
    public func perform(_ item: StudyItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> ItemResult
    {
        let part = part(item)
        // What came before an item must not change its draws, nor the item those of what comes after.
        let random = context.random
        defer { context.resetStreams(random) }
        guard part.variant.baseline == nil else {
            let evaluator = try Evaluator(task, options: part.evaluation)
            let report = Baselines.majority(evaluator)
            let file = try write(report, item, in: folder)
            return ItemResult(
                metrics: VariantResult(item.label, report).metrics, files: [file])
        }
        let trainer = try train(part, in: folder, monitor)
        do {
            return try evaluate(trainer, part, in: folder, monitor)
        } catch {
            if monitor.isAskedToStop { try save(trainer, part, in: folder, monitor) }
            throw error
        }
    }

    /// What a trained item answers and what is recorded of it.
    private func evaluate(
        _ trainer: Trainer, _ part: AblationItem, in folder: RunFolder, _ monitor: RunMonitor
    ) throws -> ItemResult {
        let (pipeline, item) = (trainer.pipeline, part.item)
        let trainingPeak = context.backend.ledger.peakBytes
        pipeline.zeroGradients()
        context.backend.ledger.resetPeak()
        var evaluation = part.evaluation
        evaluation.blindfold = evaluation.blindfold || part.variant.training.blindfold
        let seeing = try Evaluator(task, options: evaluation)
        let report = try seeing.evaluate(
            pipeline, title: "evaluate \(item.label)", monitor: monitor)

        var result = VariantResult(item.label, report)
        result.evaluationPeakBytes = context.backend.ledger.peakBytes
        result.trainingPeakBytes = trainingPeak
        result.cost = try cost(of: part)
        result.secondsPerImage = report.secondsPerImage
        result.trainingSeconds = trainer.history.map(\.seconds).reduce(0, +)
        let tail = trainer.history.suffix(max(trainer.history.count / 10, 1)).map(\.loss)
        result.finalLoss = tail.reduce(0, +) / Double(max(tail.count, 1))
        result.shards = try record(pipeline, part, seeing, in: folder, monitor)
        // Scripted parts may have caught the request to stop and gone on with something else.
        try monitor.checkInterrupt()
        let files = try write(pipeline, trainer.history, report, item, in: folder)
        return ItemResult(
            metrics: result.metrics, measured: result.measured, files: files + result.shards)
    }

    private func train(_ part: AblationItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> Trainer
    {
        let item = part.item
        var trainer = try makeTrainer(part)
        let path = folder.checkpoint(of: item)
        if try folder.fileSystem.exists(path) {
            do {
                try trainer.restore(from: path, digest: item.id, fileSystem: folder.fileSystem)
                monitor.say(
                    "\(item.label): goes on at step \(trainer.step + 1), where it was stopped.")
            } catch let error where (error as? FileError)?.category != .inputOutput {
                monitor.say("\(item.label): begins anew, its checkpoint cannot be used. \(error)")
                trainer = try makeTrainer(part)
            }
        }
        context.backend.ledger.resetPeak()
        try trainer.run(title: "train \(item.label)", monitor: monitor) { trainer in
            try save(trainer, part, in: folder, monitor)
        }
        return trainer
    }

    /// Leaves a checkpoint that the next attempt goes on from.
    private func save(
        _ trainer: Trainer, _ part: AblationItem, in folder: RunFolder, _ monitor: RunMonitor
    ) throws {
        guard trainer.step > 0, !monitor.isLost() else { return }
        let path = folder.checkpoint(of: part.item)
        try folder.fileSystem.makeFolders(FilePath.folder(of: path))
        try trainer.save(to: path, digest: part.item.id, fileSystem: folder.fileSystem)
    }

    private func makeTrainer(_ part: AblationItem) throws -> Trainer {
        try Trainer(makePipeline(part), on: task, options: part.variant.training)
    }

    /// A pipeline of an item with its seed, untrained.
    func makePipeline(_ part: AblationItem) throws -> Pipeline {
        let source = RandomSource(seed: UInt64(part.seed))
        context.resetStreams(source)
        let pipeline = try Pipeline(
            part.variant.recipe, catalog: catalog, corpus: task.corpus, in: context)
        try pipeline.initialize(from: source)
        return pipeline
    }

    func cost(of part: AblationItem) throws -> PipelineCost {
        guard let sample = task.samples(part.evaluation.split).first else {
            throw TrainingError.noQuestions(task: task.id)
        }
        return try PipelineCost.measure(
            part.variant.recipe, catalog: catalog, corpus: task.corpus, shapes: shapes(),
            question: (sample.question, sample.answer))
    }

    private func record(
        _ pipeline: Pipeline, _ part: AblationItem, _ evaluator: Evaluator, in folder: RunFolder,
        _ monitor: RunMonitor
    ) throws -> [String] {
        let rules = try CaptureRules(patterns: options.record)
            .applicable(among: pipeline.capturePoints())
        guard !rules.isEmpty, options.recordImages > 0, !part.variant.training.blindfold else {
            return []
        }
        let recorder = Recorder(
            rules, into: folder, name: "\(part.item.folder)/features",
            metadata: try RunMetadata(
                part.item.configuration, seed: part.seed, context: context,
                fileSystem: folder.fileSystem, provenance: folder.provenance),
            backend: context.backend)
        let split = part.evaluation.split
        let samples = task.samples(split)
        for row in evaluator.rows.prefix(options.recordImages) {
            guard let first = row.samples.first else { continue }
            try monitor.checkInterrupt()
            try recorder.record(
                samples[first], task.image(split, at: row.image), of: task, with: pipeline,
                options: part.evaluation)
        }
        return try recorder.finish()
    }

    /// Bytes of weights, curve, predictions and features; seconds are those of items that are done.
    public func estimate(_ item: StudyItem) throws -> ItemEstimate {
        let part = part(item)
        let evaluator = try Evaluator(task, options: part.evaluation)
        let questions = evaluator.rows.reduce(0) { $0 + $1.samples.count }
        var bytes = 200 * questions
        guard part.variant.baseline == nil else { return ItemEstimate(seconds: nil, bytes: bytes) }
        let context = shapes()
        let pipeline = try Pipeline(
            part.variant.recipe, catalog: catalog, corpus: task.corpus, in: context)
        let weights = pipeline.parameters().map { 4 * $0.parameter.shape.elementCount }
            .reduce(0, +)
        // A checkpoint holds the weights and two moments of each, and stands beside the final weights for a moment.
        bytes += 4 * weights + 120 * part.variant.training.steps
        let pictures = min(options.recordImages, evaluator.rows.count)
        if !options.record.isEmpty, pictures > 0, !part.variant.training.blindfold {
            bytes += pictures * (try recordedBytes(pipeline, context))
        }
        return ItemEstimate(seconds: nil, bytes: bytes)
    }

    /// Bytes of what is recorded of one picture.
    private func recordedBytes(_ pipeline: Pipeline, _ shapes: Context) throws -> Int {
        let patterns = try CaptureRules(patterns: options.record)
            .applicable(among: pipeline.capturePoints()).patterns
        guard !patterns.isEmpty,
            let sample = task.samples(.test).first ?? task.samples(.train).first
        else { return 0 }
        var total = 0
        var seen: Set<String> = []
        let watch = try pipeline.capture(patterns) { hook, tensor in
            if seen.insert(hook).inserted { total += 4 * tensor.shape.elementCount }
        }
        defer { watch.cancel() }
        pipeline.setTraining(false)
        try shapes.withoutGradients {
            let tokens = try pipeline.imageTokens(pipeline.blankViews())
            _ = try pipeline.loss(
                imageTokens: tokens, [pipeline.prompted(sample.question, answer: sample.answer)])
        }
        return total
    }
}
