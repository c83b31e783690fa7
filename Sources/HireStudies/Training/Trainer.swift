import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

/// Trains a pipeline on a task: LLaVA's objective, AdamW, linear warm-up and cosine.
///
/// Everything random is a function of (seed, step): the data through `BatchPlan`, dropout through streams that start
/// over each step. Two variants with one seed see the same questions in the same order, and a run that
/// was stopped and restored goes on bit by bit as if it had not been.
public final class Trainer {
    /// What is trained.
    public let pipeline: Pipeline
    /// What it is trained on.
    public let task: any Task
    /// How.
    public let options: TrainingOptions
    /// Steps done.
    public internal(set) var step = 0
    /// One entry per step done.
    public internal(set) var history: [TrainingStep] = []

    let optimizer: AdamW
    private let schedule: Schedule
    private let plan: BatchPlan
    private let samples: [Sample]
    private let store: ImageStore
    private let parameters: [(path: String, parameter: Parameter)]

    /// A trainer at step 0.
    ///
    /// - Throws: `PluginError` for options that make no sense, the module errors of patterns that match nothing,
    ///   `TrainingError.everythingFrozen`, `.noQuestions`.
    public init(
        _ pipeline: Pipeline, on task: any Task, options: TrainingOptions = TrainingOptions()
    ) throws {
        try options.check()
        self.pipeline = pipeline
        self.task = task
        self.options = options
        samples = task.samples(.train)
        guard !samples.isEmpty else { throw TrainingError.noQuestions(task: task.id) }
        plan = BatchPlan(
            samples, weights: try options.weights(for: task.questionTypes), images: options.images,
            questions: options.questions, seed: options.seed)
        store = ImageStore(task, .train)
        for pattern in options.freeze {
            for (_, parameter) in try pipeline.selected(by: pattern) { parameter.isFrozen = true }
        }
        parameters = pipeline.parameters().filter { !$0.parameter.isFrozen }
        guard !parameters.isEmpty else { throw TrainingError.everythingFrozen }
        optimizer = try AdamW(
            groups: Trainer.groups(of: pipeline, options),
            betas: (options.betas[0], options.betas[1]))
        schedule = .cosine(
            steps: options.steps, warmup: options.warmup, finalFraction: options.finalFraction)
    }

    /// Trains until all steps are done.
    ///
    /// - Parameters:
    ///   - onInterrupt: called before the request to stop is passed on, when the state is between two steps.
    public func run(
        title: String = "train", monitor: RunMonitor = .silent,
        onInterrupt: (Trainer) throws -> Void = { _ in }
    ) throws {
        let progress = monitor.progress(title, options.steps)
        let random = pipeline.context.random
        defer {
            progress.finish()
            pipeline.context.resetStreams(random)
            pipeline.setTraining(false)
        }
        pipeline.setTraining(true)
        while step < options.steps {
            do {
                try monitor.checkInterrupt()
            } catch {
                try onInterrupt(self)
                throw error
            }
            // A step that a signal stopped half-way would leave weights and statistics that no other run has.
            try monitor.whole { _ = try advance() }
            progress.update(step, note: "loss \(fixed(history.last?.loss ?? 0, 3))")
        }
    }

    /// One optimiser step.
    private func advance() throws -> TrainingStep {
        let clock = ContinuousClock()
        let began = clock.now
        let number = step + 1
        optimizer.zeroGradients()
        var loss = 0.0
        for part in 0..<options.accumulation {
            // The key is the micro-batch: dropout repeats whatever came before.
            let index = step * options.accumulation + part
            let batch = try self.loss(of: index)
            let value = try batch.item()
            guard value.isFinite else {
                throw TrainingError.lossNotFinite(
                    step: number, loss: value, origin: try origin(ofBatch: index))
            }
            loss += value / Double(options.accumulation)
            try
                (options.accumulation == 1
                ? batch : batch.scaled(by: 1 / Double(options.accumulation))).backward()
        }
        let norm = try clipGradientNorm(
            parameters.map(\.parameter), maximum: options.clip > 0 ? options.clip : .infinity,
            allowsNonFinite: true)
        guard norm.isFinite else {
            throw TrainingError.gradientNotFinite(step: number, parameter: try spoiltParameter())
        }
        let factor = schedule.factor(step: step)
        try optimizer.step(factor: factor)
        step = number
        let record = TrainingStep(
            step: number, loss: loss, learningRate: options.learningRate * factor,
            gradientNorm: norm,
            seconds: seconds(clock.now - began))
        history.append(record)
        return record
    }

    private func loss(of index: Int) throws -> Tensor {
        let batch = plan.batch(at: index)
        pipeline.context.resetStreams(
            RandomSource(seed: UInt64(options.seed)).named("step").indexed(index))
        let questions = try batch.questions.map { draw in
            let sample = samples[draw.sample]
            return try pipeline.prompted(sample.question, answer: sample.answer, image: draw.image)
        }
        let tokens = try pipeline.imageTokens(
            pipeline.views(of: store.images(batch.images)), count: batch.images.count,
            blindfold: options.blindfold)
        return try pipeline.loss(imageTokens: tokens, questions)
    }

    /// Runs the batch again with every layer looking for NaN and infinity, to say where the first comes from.
    private func origin(ofBatch index: Int) throws -> String {
        do {
            _ = try pipeline.context.checkingFinite {
                try pipeline.context.withoutGradients { try self.loss(of: index) }
            }
        } catch let error as ModuleError where error.underlying is NotFiniteError {
            return "The reason: \(error)"
        }
        return "Every module's output is finite; the loss itself is not."
    }

    private func spoiltParameter() throws -> String {
        for (path, parameter) in parameters {
            if let gradient = parameter.gradient, try !gradient.floats().allSatisfy(\.isFinite) {
                return path
            }
        }
        return "no single parameter (their norm overflows)"
    }

    /// Parameters by the learning rate that applies to them: the longest pattern that selects one, or the base rate.
    private static func groups(of pipeline: Pipeline, _ options: TrainingOptions) throws
        -> [ParameterGroup]
    {
        let trained = pipeline.parameters().filter { !$0.parameter.isFrozen }
        var group: [String: String] = [:]
        let patterns = options.learningRates.keys.sorted { ($0.count, $1) < ($1.count, $0) }
        for pattern in patterns {
            for (path, _) in try pipeline.selected(by: pattern) { group[path] = pattern }
        }
        var groups: [ParameterGroup] = []
        for name in patterns.reversed() + [nil] {
            let members = trained.filter { group[$0.path] == name }.map(\.parameter)
            if members.isEmpty { continue }
            groups.append(
                ParameterGroup(
                    name: name ?? "base", parameters: members,
                    learningRate: name.flatMap { options.learningRates[$0] }
                        ?? options.learningRate,
                    weightDecay: options.weightDecay))
        }
        return groups
    }
}

extension Pipeline {
    /// The parameters that a pattern selects; none if it speaks of a stage that has no parameters in this variant.
    ///
    /// - Throws: `ModuleError` with the nearest names for a pattern that could never match.
    fileprivate func selected(by pattern: String) throws -> [(path: String, parameter: Parameter)] {
        let stage = pattern.prefix { $0 != "." }
        if scope.children.contains(where: { $0.name == stage && $0.module.parameters().isEmpty }) {
            return []
        }
        return try parameters(matching: pattern)
    }
}
