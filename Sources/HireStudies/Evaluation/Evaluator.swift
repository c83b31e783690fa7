import HireArray
import HireTensor
import HireVLM

/// Asks a pipeline every question of a split, or of a seeded choice of its pictures, and grades the answers.
///
/// Answers are generated greedily, token by token, and compared as text: no classifier head, no list of candidates.
public struct Evaluator {
    /// Pictures, questions and the way to grade.
    public let task: any Task
    /// What is covered.
    public let options: EvaluationOptions
    /// The pictures asked about, with the indices of their questions.
    public let rows: [(image: Int, samples: [Int])]
    private let samples: [Sample]
    private let store: ImageStore

    /// An evaluator of a task; several pipelines can be put to it.
    ///
    /// - Throws: `PluginError.configuration` for an option out of range.
    public init(_ task: any Task, options: EvaluationOptions = EvaluationOptions()) throws {
        try options.check()
        self.task = task
        self.options = options
        samples = task.samples(options.split)
        store = ImageStore(task, options.split)
        let groups = Dictionary(grouping: samples.indices) { [samples] in samples[$0].imageIndex }
        var images = groups.keys.sorted()
        if options.images > 0, options.images < images.count {
            let order = RandomSource(seed: UInt64(options.seed)).named("evaluation")
                .permutation(images.count)
            images = order.prefix(options.images).map { [images] in images[$0] }.sorted()
        }
        rows = images.map { ($0, groups[$0] ?? []) }
    }

    /// Puts the questions to a pipeline.
    ///
    /// - Throws: what the stages throw; `ArrayError.noValues` on the shapes-only back-end.
    public func evaluate(
        _ pipeline: Pipeline, title: String = "evaluate", monitor: RunMonitor = .silent
    ) throws -> EvaluationReport {
        var report = EvaluationReport(types: task.questionTypes.count)
        let progress = monitor.progress(title, rows.count)
        defer { progress.finish() }
        pipeline.setTraining(false)
        let clock = ContinuousClock()
        for start in stride(from: 0, to: rows.count, by: options.batch) {
            try monitor.checkInterrupt()
            let part = rows[start..<min(start + options.batch, rows.count)]
            let images = try store.images(part.map(\.image))
            let began = clock.now
            let asked = part.flatMap(\.samples)
            let answers = try pipeline.context.withoutGradients {
                let tokens = try pipeline.imageTokens(
                    pipeline.views(of: images), count: images.count, blindfold: options.blindfold)
                let questions = try part.enumerated().flatMap { slot, row in
                    try row.samples.map { sample in
                        try pipeline.prompted(samples[sample].question, image: slot)
                    }
                }
                return try pipeline.generate(
                    imageTokens: tokens, questions,
                    options: GenerationOptions(maximumTokens: options.maximumTokens),
                    hooks: GenerationHooks(checkInterrupt: monitor.checkInterrupt))
            }
            report.seconds += seconds(clock.now - began)
            for (sample, answer) in zip(asked, answers) {
                report.add(answer.text, to: samples[sample], of: task)
            }
            report.imageCount += part.count
            progress.update(
                report.imageCount, note: "accuracy \(percent(report.overall.value))")
        }
        return report
    }

    /// Grades what `answer` says without a model: the way baselines are measured on the same questions.
    public func grade(_ answer: (Sample) -> String) -> EvaluationReport {
        var report = EvaluationReport(types: task.questionTypes.count)
        for row in rows {
            for sample in row.samples {
                report.add(answer(samples[sample]), to: samples[sample], of: task)
            }
        }
        report.imageCount = rows.count
        return report
    }
}

/// A duration in seconds.
func seconds(_ duration: Duration) -> Double {
    Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
}

/// A share as a percentage with one decimal.
func percent(_ share: Double) -> String { "\(fixed(100 * share, 1)) %" }
