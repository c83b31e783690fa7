import HireArray
import HireFiles
import HireHDF5

/// Turns samples into shards of the toolkit's layout, at the memory of two shards.
///
///     /act/<module path>      [sample, ...], axes labelled; `values` + `offsets` where extents differ between samples
///     /input/…                sample_id, image_id, question, expected, image_span, token_ids
///     /output/text            what was answered
///     /metrics/grade          its grade
///     /measured/seconds       wall time
///     /basis/<module path>/…  directions and mean of coordinates
///
/// Positions are counted from 0, as readers in Python do.
public final class ShardRecorder {
    private let name: (_ number: Int) -> String
    private let attributes: [(String, HDF5Value)]
    private let backend: any Backend
    private let shardBytes: Int
    /// Everything that came or may come, so that a name stands at the same place in every shard.
    private var hooks: [String]
    /// Points of the present shard whose basis stands in it.
    private var withBasis: Set<String> = []
    private let fileSystem: any FileSystem
    private let writer: BackgroundShardWriter
    private var recording: RecordingShard?
    private var image: HDF5Image?
    private var samples: [RecordedSample] = []
    private var layout: [String: Shape] = [:]
    private var isBroken = false
    /// Files begun so far, in order.
    public private(set) var files: [String] = []

    /// A recorder.
    ///
    /// - Parameters:
    ///   - name: the path of the shard of a number, from 1.
    ///   - attributes: root attributes of every shard.
    ///   - shardBytes: how many bytes of values a shard takes before the next one is begun.
    ///   - hooks: names of everything that may come, where the first sample of a shard does not have all.
    public init(
        attributes: [(String, HDF5Value)], backend: any Backend, shardBytes: Int,
        hooks: [String] = [], fileSystem: any FileSystem, name: @escaping (_ number: Int) -> String
    ) {
        self.name = name
        self.attributes = attributes
        self.backend = backend
        self.shardBytes = shardBytes
        self.hooks = hooks
        self.fileSystem = fileSystem
        writer = BackgroundShardWriter(
            capacity: shardBytes + shardBytes / 8 + (1 << 20), fileSystem: fileSystem)
    }

    /// Puts a sample into the present shard, or into a new one where that is full or has another layout.
    ///
    /// - Throws: `HDF5Error`; `FileError` of a shard that could not be written meanwhile.
    public func append(_ sample: RecordedSample) throws {
        try writer.check()
        let layout = ShardRecorder.layout(of: sample)
        let fits = layout.allSatisfy { name, shape in self.layout[name].map { $0 == shape } ?? true
        }
        let isFull = (recording?.byteCount ?? 0) + sample.byteCount > shardBytes
        if recording != nil, isFull || !fits { try flush() }
        do {
            try add(sample)
        } catch {
            isBroken = true
            throw error
        }
        self.layout.merge(layout) { first, _ in first }
        var kept = sample
        kept.captured = []
        samples.append(kept)
    }

    /// Writes what is left and waits until everything is on the disk.
    public func finish() throws -> [WrittenShard] {
        if recording != nil { try flush() }
        return try writer.finish()
    }

    /// Shapes by name of what is stored evenly.
    private static func layout(of sample: RecordedSample) -> [String: Shape] {
        var found: [String: Shape] = [:]
        for captured in sample.captured {
            for (output, array) in zip(captured.form.outputs, captured.arrays) {
                let shape = array.shape.enumerated().map {
                    output.varying.contains($0.offset) ? -1 : $0.element
                }
                found[captured.form.name(of: output)] = shape
            }
        }
        return found
    }

    private func add(_ sample: RecordedSample) throws {
        let recording = try recording ?? begin(sample)
        let samplings = Set(sample.captured.map(\.form.sampling)).subtracting(["sample"])
        try recording.beginSample(sample.index, samplings: samplings.sorted())
        for captured in sample.captured {
            if withBasis.insert(captured.form.hook).inserted {
                try writeBasis(captured.form, in: recording.shard)
            }
            for (output, array) in zip(captured.form.outputs, captured.arrays) {
                try record(array, output, captured.form, in: recording)
            }
        }
    }

    private func begin(_ sample: RecordedSample) throws -> RecordingShard {
        if isBroken {
            throw CaptureError("", "The recording ended with an error and takes nothing more.")
        }
        let path = name(files.count + 1)
        let image = try writer.image()
        let present = sample.captured.flatMap { captured in
            captured.form.outputs.map { captured.form.name(of: $0) }
        }
        hooks += present.filter { !hooks.contains($0) }
        let recording = try RecordingShard(
            name: path, attributes: attributes, hooks: hooks, image: image)
        withBasis = []
        self.image = image
        self.recording = recording
        return recording
    }

    private func record(
        _ array: NDArray, _ output: CaptureForm.Output, _ form: CaptureForm,
        in recording: RecordingShard
    ) throws {
        // One picture at a time: the batch axis says nothing, unless a stage made several views of it.
        let isSqueezed = array.rank > 1 && array.shape[0] == 1
        let values = isSqueezed ? array.squeezed(axis: 0) : array
        let axes = isSqueezed ? Array(output.axes.dropFirst()) : output.axes
        let varying = isSqueezed ? Set(output.varying.map { $0 - 1 }) : output.varying
        var attributes: [(String, HDF5Value)] = [
            ("axes", .string((["sample"] + axes.map(\.label)).joined(separator: ","))),
            ("point", .string(form.hook)), ("dtype_compute", "f32"),
        ]
        if !form.options.isPlain {
            attributes.append(
                (
                    "options",
                    .string(try JSONWriter(order: .sorted).string(.object(form.options.json())))
                )
            )
        }
        if form.sampling != "sample" { attributes.append(("sampling", .string(form.sampling))) }
        let name = form.name(of: output)
        if varying.isEmpty {
            try recording.record(
                values, hook: name, axes: axes, sampling: form.sampling, attributes: attributes)
        } else {
            try recording.recordRagged(
                values, hook: name, axes: axes, varying: varying, sampling: form.sampling,
                attributes: attributes)
        }
    }

    private func writeBasis(_ form: CaptureForm, in shard: HDF5Shard) throws {
        guard case .principalComponents(let count, _, _)? = form.options.reduction,
            let basis = form.basis
        else { return }
        let path = "/basis/" + form.hook.split(separator: ".").joined(separator: "/")
        let directions = basis.directions.prefix(count).flatMap { $0.map(Float.init) }
        try shard.write(
            backend.array(directions, [count, basis.mean.count]), to: path + "/directions",
            axes: ["component", "channel"])
        try shard.write(
            backend.array(basis.mean.map(Float.init), [basis.mean.count]), to: path + "/mean",
            axes: ["channel"])
    }

    private func flush() throws {
        guard let recording, let image, !isBroken else { return }
        isBroken = true
        try writeSamples(recording)
        try recording.finishInPlace()
        isBroken = false
        let path = name(files.count + 1)
        files.append(path)
        self.recording = nil
        self.image = nil
        samples = []
        layout = [:]
        try writer.submit(image, to: path)
    }

    private func writeSamples(_ recording: RecordingShard) throws {
        let shard = recording.shard
        let axis = [HDF5Axis("sample", scale: "/sample")]
        try shard.write(samples.map(\.id), to: "/input/sample_id", axes: axis)
        try shard.write(
            backend.array(samples.map { Int32(clamping: $0.image) }, [samples.count]),
            to: "/input/image_id", axes: axis)
        try shard.write(samples.map(\.question), to: "/input/question", axes: axis)
        try shard.write(samples.map(\.expected), to: "/input/expected", axes: axis)
        if samples.contains(where: { !$0.tokenIDs.isEmpty }) {
            let spans: [Int32] = samples.map(\.imageSpan).flatMap { span -> [Int32] in
                guard let span else { return [-1, -1] }
                return [Int32(span.lowerBound), Int32(span.upperBound)]
            }
            try shard.write(integers: [0, 1], to: "/input/edge", scale: "edge")
            try shard.write(
                backend.array(spans, [samples.count, 2]), to: "/input/image_span",
                axes: axis + [HDF5Axis("edge", scale: "/input/edge")])
            for sample in samples {
                try recording.appendRagged(
                    backend.array(sample.tokenIDs.map { Int32($0) }, [sample.tokenIDs.count]),
                    to: "/input/token_ids", axis: "token")
            }
        }
        if samples.allSatisfy({ $0.answer != nil }) {
            try shard.write(samples.map { $0.answer ?? "" }, to: "/output/text", axes: axis)
        }
        if samples.allSatisfy({ $0.grade != nil }) {
            try shard.write(
                backend.array(samples.map { Float($0.grade ?? 0) }, [samples.count]),
                to: "/metrics/grade", axes: axis)
        }
        try shard.write(
            backend.array(samples.map { Float($0.seconds) }, [samples.count]),
            to: "/measured/seconds", axes: axis)
    }
}

extension CaptureForm {
    /// The name under which an output is recorded.
    func name(of output: Output) -> String {
        output.suffix.isEmpty ? hook : "\(hook).\(output.suffix)"
    }

    /// The scale that counts the samples of this point.
    var sampling: String { options.every == 1 ? "sample" : "sample_every_\(options.every)" }
}
