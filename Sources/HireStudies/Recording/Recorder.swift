import HireArray
import HireFiles
import HireImaging
import HireTensor
import HireVLM

/// Writes what passes a pipeline's capture points to HDF5, one shard after another (see `ShardRecorder` for the layout).
///
/// A shard is begun when the one before is full, and is written whole, in the background, while the model goes on.
public final class Recorder {
    /// What is captured.
    public let rules: CaptureRules
    private let name: String
    private let shards: ShardRecorder
    private var collector: (collector: CaptureCollector, pipeline: Pipeline)?
    private var count = 0
    /// Files written so far, relative to the run's folder.
    public private(set) var files: [String] = []
    /// What a reader of the files should know, such as numbers that a narrow dtype could not hold.
    public var notes: [String] { collector?.collector.overflowNotes ?? [] }

    /// A recorder into `<name>-00001.h5` of a run's folder, `<name>-00002.h5` and so on.
    ///
    /// - Parameters:
    ///   - name: relative to the run's folder.
    ///   - backend: holds the arrays on their way to the file.
    ///   - shardBytes: how many bytes of values a shard takes before the next one is begun.
    public init(
        _ rules: CaptureRules, into folder: RunFolder, name: String, metadata: RunMetadata,
        backend: any Backend, shardBytes: Int = 48 << 20
    ) {
        self.rules = rules
        self.name = name
        shards = ShardRecorder(
            attributes: metadata.attributes, backend: backend, shardBytes: shardBytes,
            fileSystem: folder.fileSystem
        ) { number in folder.location(Recorder.file(name, number)) }
    }

    /// A recorder of whole points.
    public convenience init(
        _ patterns: [String], into folder: RunFolder, name: String, metadata: RunMetadata,
        backend: any Backend, shardBytes: Int = 48 << 20
    ) {
        self.init(
            CaptureRules(patterns: patterns), into: folder, name: name,
            metadata: metadata, backend: backend, shardBytes: shardBytes)
    }

    /// The file of a shard, relative to the run's folder; sorting by name keeps the order of samples.
    static func file(_ name: String, _ number: Int) -> String {
        let digits = "\(number)"
        return "\(name)-" + String(repeating: "0", count: max(0, 5 - digits.count)) + digits + ".h5"
    }

    /// Puts one question to a pipeline and keeps what passes the capture points the first time each is reached
    /// (for the language model: while it reads the prompt).
    ///
    /// - Throws: `CaptureError` for a pattern that matches nothing, with the nearest names; `FileError` of a shard that
    ///   could not be written meanwhile.
    @discardableResult
    public func record(
        _ sample: Sample, _ image: Image, of task: any Task, with pipeline: Pipeline,
        options: EvaluationOptions
    ) throws -> Generation {
        let collector = try collector(of: pipeline)
        pipeline.setTraining(false)
        let clock = ContinuousClock()
        let began = clock.now
        let question = try pipeline.prompted(sample.question)
        let span = SequenceSpan(question, imageTokens: pipeline.enricher.outputTokens)
        var answer = Generation(text: "", ids: [])
        try collector.pass(
            sample: count,
            geometry: SequenceGeometry(span, isFixed: false, imageIsFixed: false)
        ) {
            answer = try pipeline.context.withoutGradients {
                let tokens = try pipeline.imageTokens(
                    pipeline.views(of: [image]), count: 1, blindfold: options.blindfold)
                return try pipeline.generate(
                    imageTokens: tokens, [question],
                    options: GenerationOptions(maximumTokens: options.maximumTokens))[0]
            }
        }
        var recorded = RecordedSample(index: count, id: sample.id, image: sample.imageIndex)
        recorded.question = sample.question
        recorded.expected = sample.answer
        recorded.answer = answer.text
        recorded.grade = task.grade(answer.text, for: sample)
        recorded.seconds = seconds(clock.now - began)
        recorded.setPrompt(question, span)
        recorded.captured = collector.captured
        try shards.append(recorded)
        count += 1
        return answer
    }

    /// Writes what is left; returns all files, relative to the run's folder.
    @discardableResult
    public func finish() throws -> [String] {
        let written = try shards.finish()
        files = written.indices.map { Recorder.file(name, $0 + 1) }
        return files
    }

    private func collector(of pipeline: Pipeline) throws -> CaptureCollector {
        if let (made, owner) = collector, owner === pipeline { return made }
        let made = try CaptureCollector(rules, of: pipeline)
        collector = (made, pipeline)
        return made
    }
}

extension RecordedSample {
    /// Notes what the language model reads.
    mutating func setPrompt(_ question: PromptedQuestion, _ span: SequenceSpan) {
        tokenIDs =
            question.before + Array(repeating: -1, count: span.image) + question.after
        imageSpan = span.image == 0 ? nil : span.imageRange
    }
}
