import HireArray
import HireFiles
import HireHDF5
import HireImaging
import HireNN
import HireTensor
import HireVLM

/// Writes what passes a pipeline's capture points to HDF5: one dataset per point with a sample axis.
///
///     /act/<module path>      [sample, ...], axes labelled
///     /input/…                image_id, sample_id, question, expected
///     /output/text            what was answered
///     /metrics/grade          how right that was
///     /measured/seconds       wall time of the answer
///
/// A shard is written when it is full and at the end, always whole. Points whose shape differs between samples (text
/// of different lengths) are kept as values and offsets.
public final class Recorder {
    /// Globs over capture points.
    public let patterns: [String]
    private let folder: RunFolder
    private let name: String
    private let metadata: RunMetadata
    private let backend: any Backend
    private let shardBytes: Int
    private var pending: [Taken] = []
    private var pendingBytes = 0
    /// Files written so far, relative to the run's folder.
    public private(set) var files: [String] = []

    private struct Taken {
        var sample: Sample
        var answer: String
        var grade: Double
        var seconds: Double
        var values: [(hook: String, array: NDArray)]
    }

    /// A recorder into `<name>.h5` of a run's folder.
    ///
    /// - Parameters:
    ///   - backend: holds the arrays on their way to the file.
    ///   - shardBytes: how many bytes of values a shard takes before the next one is begun.
    public init(
        _ patterns: [String], into folder: RunFolder, name: String, metadata: RunMetadata,
        backend: any Backend, shardBytes: Int = 48 << 20
    ) {
        self.patterns = patterns
        self.folder = folder
        self.name = name
        self.metadata = metadata
        self.backend = backend
        self.shardBytes = shardBytes
    }

    /// Puts one question to a pipeline and keeps what passes the capture points the first time each is reached
    /// (for the language model: while it reads the prompt).
    ///
    /// - Throws: `ModuleError` for a pattern that matches nothing, with the nearest names.
    @discardableResult
    public func record(
        _ sample: Sample, _ image: Image, of task: any Task, with pipeline: Pipeline,
        options: EvaluationOptions
    ) throws -> Generation {
        var values: [(hook: String, array: NDArray)] = []
        var seen: Set<String> = []
        let watch = try pipeline.capture(patterns) { hook, tensor in
            guard seen.insert(hook).inserted else { return }
            values.append((hook, try Recorder.copy(tensor.array, on: pipeline.context.backend)))
        }
        defer { watch.cancel() }
        pipeline.setTraining(false)
        let clock = ContinuousClock()
        let began = clock.now
        let answer = try pipeline.context.withoutGradients {
            let tokens = try pipeline.imageTokens(
                pipeline.views(of: [image]), count: 1, blindfold: options.blindfold)
            return try pipeline.generate(
                imageTokens: tokens, [pipeline.prompted(sample.question)],
                options: GenerationOptions(maximumTokens: options.maximumTokens))[0]
        }
        let taken = Taken(
            sample: sample, answer: answer.text, grade: task.grade(answer.text, for: sample),
            seconds: seconds(clock.now - began), values: values)
        let size = values.map(\.array.byteCount).reduce(0, +)
        if pendingBytes + size > shardBytes { try flush() }
        pending.append(taken)
        pendingBytes += size
        return answer
    }

    /// Writes what is left; returns all files, relative to the run's folder.
    public func finish() throws -> [String] {
        try flush()
        return files
    }

    private func flush() throws {
        if pending.isEmpty { return }
        let number = files.count + 1
        let file = number == 1 ? "\(name).h5" : "\(name)-\(number).h5"
        let recording = try RecordingShard(name: file, attributes: metadata.attributes)
        let (even, uneven) = hooks()
        for taken in pending {
            try recording.beginSample(taken.sample.imageIndex)
            for (hook, array) in taken.values where even.contains(hook) {
                let (values, axes) = Recorder.labelled(array, hook)
                try recording.record(
                    values, hook: hook, axes: axes,
                    attributes: [
                        ("axes", .string((["sample"] + axes).joined(separator: ","))),
                        ("dtype_compute", .string(array.dtype.shortName)),
                    ])
            }
        }
        let shard = recording.shard
        for hook in uneven {
            for taken in pending {
                guard let array = taken.values.first(where: { $0.hook == hook })?.array else {
                    continue
                }
                try shard.appendRagged(
                    Recorder.labelled(array, hook).values, to: RecordingShard.path(ofHook: hook))
            }
        }
        try shard.write(pending.map(\.sample.id), to: "/input/sample_id")
        try shard.write(pending.map(\.sample.question), to: "/input/question")
        try shard.write(pending.map(\.sample.answer), to: "/input/expected")
        try shard.write(
            backend.array(pending.map { Int32($0.sample.imageIndex) }, [pending.count]),
            to: "/input/image_id", axes: ["sample"])
        try shard.write(pending.map(\.answer), to: "/output/text")
        try shard.write(
            backend.array(pending.map { Float($0.grade) }, [pending.count]),
            to: "/metrics/grade", axes: ["sample"])
        try shard.write(
            backend.array(pending.map { Float($0.seconds) }, [pending.count]),
            to: "/measured/seconds", axes: ["sample"])
        try AtomicWriter(fileSystem: folder.fileSystem).write(
            recording.finish(), to: folder.file(file))
        files.append(file)
        pending = []
        pendingBytes = 0
    }

    /// Points with one shape throughout, and those whose shape changes, in the order of first appearance.
    private func hooks() -> (even: Set<String>, uneven: [String]) {
        var shapes: [String: Set<Shape>] = [:]
        var counts: [String: Int] = [:]
        var order: [String] = []
        for (hook, array) in pending.flatMap(\.values) {
            if shapes[hook] == nil { order.append(hook) }
            shapes[hook, default: []].insert(array.shape)
            counts[hook, default: 0] += 1
        }
        let even = order.filter { shapes[$0]?.count == 1 && counts[$0] == pending.count }
        return (Set(even), order.filter { !even.contains($0) })
    }

    /// Values without the batch axis, and what their axes mean.
    private static func labelled(_ array: NDArray, _ hook: String) -> (
        values: NDArray, axes: [String]
    ) {
        guard array.rank > 1, array.shape[0] == 1 else {
            return (array, (0..<array.rank).map { "axis\($0)" })
        }
        let values = array.squeezed(axis: 0)
        let last = hook.split(separator: ".").last ?? ""
        let axes: [String] =
            switch (values.rank, last) {
            case (1, _): ["channel"]
            case (2, _): ["token", "channel"]
            case (3, "kernel"): ["tap", "row", "column"]
            case (3, "probabilities"): ["head", "query", "key"]
            case (3, _): ["channel", "row", "column"]
            default: (0..<values.rank).map { "axis\($0)" }
            }
        return (values, axes)
    }

    /// The values in memory of their own: what they are a view of may be large.
    private static func copy(_ array: NDArray, on backend: any Backend) throws -> NDArray {
        let copy = try backend.allocate(array.shape, array.dtype)
        backend.copy(array, into: copy)
        return copy
    }
}
