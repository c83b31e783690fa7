import HireArray
import HireFiles
import HireTensor
import HireVLM

/// Captured features of many pictures as a study: an item is a stretch of samples, written as finished shards.
///
/// Where stretches and shards end follows from the sizes that the plan knows beforehand, never from time, so items are
/// the same whoever computes them and whenever.
public final class CaptureStudy: StudyPlan {
    /// What is captured of which pictures.
    public let source: CaptureSource
    /// How.
    public let options: CaptureStudyOptions
    /// Shapes and bytes of everything.
    public let plan: CapturePlan
    /// The stretches, in order.
    public let items: [StudyItem]
    /// The point behind which passes stopped; nil where they went to the end or nothing was computed.
    public private(set) var stoppedAfter: String?
    /// What readers of the files should know.
    public var notes: [String] { collector.overflowNotes }

    private let pipeline: Pipeline
    private let collector: CaptureCollector
    private let comparing: (SequenceSpan) -> SequenceGeometry
    private let stretches: [Range<Int>]
    private let weights: String
    private var isFitted = false

    /// A capture; nothing is computed but shapes and digests.
    ///
    /// - Parameters:
    ///   - catalog: makes the pipeline again on shapes alone.
    ///   - shapes: a context on the shapes-only back-end.
    ///   - script: the text of the script, which determines the numbers of plugins that are written in it.
    /// - Throws: `CaptureError` for what cannot be captured; `FileError` for pictures that are not there.
    public init(
        _ source: CaptureSource, of pipeline: Pipeline, options: CaptureStudyOptions,
        catalog: PluginCatalog, corpus: [String], shapes: Context, script: String? = nil
    ) throws {
        try options.check()
        if source.samples.isEmpty { throw CaptureError("", "There are no pictures to capture.") }
        self.source = source
        self.pipeline = pipeline
        self.options = options
        collector = try CaptureCollector(options.rules, of: pipeline)
        if collector.needsLanguageModel, !source.hasQuestions {
            let point = collector.chosen.first { $0.name.hasPrefix("language_model.") }?.name ?? ""
            throw CaptureError(
                point, "the language model reads a question, and none is given.")
        }
        let spans = try source.samples.map { sample in
            guard source.hasQuestions else { return SequenceSpan(before: 0, image: 0, after: 0) }
            return SequenceSpan(
                try pipeline.prompted(sample.question),
                imageTokens: pipeline.enricher.outputTokens)
        }
        let longest = spans.max { $0.total < $1.total } ?? spans[0]
        comparing = SequenceGeometry.comparing(spans)
        plan = try CapturePlan(
            options.rules,
            CaptureShapes(
                pipeline.recipe, catalog: catalog, corpus: corpus, tokenizer: pipeline.tokenizer,
                in: shapes, before: longest.before, after: longest.after,
                watched: Set(collector.chosen.map(\.name)),
                languageModel: collector.needsLanguageModel), spans: spans)
        stretches = CaptureStudy.stretches(plan.sampleBytes, limit: options.itemBytes)
        weights = try pipeline.weightsDigest()
        items = try CaptureStudy.items(
            stretches, source, options, pipeline, weights: weights,
            names: collector.chosen.map(\.name),
            sources: PluginSources.digests(of: pipeline.recipe, catalog, script: script))
    }

    /// "capture".
    public var kind: String { "capture" }

    /// Origin, patterns and what is stored.
    public var description: JSONObject {
        [
            "origin": .string(source.origin), "samples": .integer(Int64(source.samples.count)),
            "capture": options.rules.json(), "bytes": .integer(Int64(plan.bytes)),
            "arrays": .array(
                plan.rows.map { row in
                    [
                        "name": .string(row.name), "dtype": .string(row.dtype.shortName),
                        "shape": .array(row.shape.map { .integer(Int64($0)) }),
                        "bytes": .integer(Int64(row.bytes)),
                    ]
                }),
        ]
    }

    /// What one stretch takes on the disk.
    public func estimate(_ item: StudyItem) throws -> ItemEstimate {
        guard let stretch = stretch(of: item) else { return ItemEstimate() }
        return ItemEstimate(bytes: plan.sampleBytes[stretch].reduce(0, +))
    }

    /// Captures one stretch of samples.
    public func perform(_ item: StudyItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> ItemResult
    {
        guard let stretch = stretch(of: item) else {
            throw CaptureError(item.label, "is no item of this capture.")
        }
        try fitBases(monitor)
        let name = "\(item.folder)/capture"
        let recorder = ShardRecorder(
            attributes: try RunMetadata(
                item.configuration, seed: Int(clamping: pipeline.drawnFrom?.seed ?? 0),
                context: pipeline.context, fileSystem: folder.fileSystem,
                provenance: folder.provenance, modelDigest: weights
            ).attributes, backend: pipeline.context.backend, shardBytes: options.shardBytes,
            hooks: plan.rows.map(\.name), fileSystem: folder.fileSystem
        ) { folder.location(Recorder.file(name, $0)) }
        let progress = monitor.progress(item.label, stretch.count)
        defer { progress.finish() }
        let clock = ContinuousClock()
        let began = clock.now
        var bytes = 0
        for index in stretch {
            try monitor.checkInterrupt()
            if plan.sampleBytes[index] == 0 { continue }
            let sample = try recorded(index)
            bytes += sample.byteCount
            try recorder.append(sample)
            progress.update(index - stretch.lowerBound + 1, note: HireStudies.bytes(bytes))
        }
        let written = try recorder.finish()
        let time = seconds(clock.now - began)
        let names = written.indices.map { Recorder.file(name, $0 + 1) }
        var result = ItemResult(
            metrics: [
                "samples": .integer(Int64(stretch.count)), "bytes": .integer(Int64(bytes)),
            ],
            measured: [
                "seconds": .number(time),
                "seconds_per_sample": .number(time / Double(stretch.count)),
            ], files: names)
        for (name, shard) in zip(names, written) { result.digests[name] = shard.sha256 }
        return result
    }

    /// Everything that is kept of one sample.
    func recorded(_ index: Int) throws -> RecordedSample {
        let sample = source.samples[index]
        let clock = ContinuousClock()
        let image = try source.image(index)
        options.beforeSample(index, sample.id)
        let began = clock.now
        let outcome = try CapturePass(pipeline, collector).run(
            [image], question: source.hasQuestions ? sample.question : nil, sample: index,
            geometry: comparing,
            reachable: plan.reached, answering: options.answering)
        stoppedAfter = outcome.stoppedAfter
        var recorded = RecordedSample(index: index, id: sample.id, image: sample.imageIndex)
        recorded.seconds = seconds(clock.now - began)
        recorded.question = sample.question
        recorded.expected = sample.answer
        recorded.answer = outcome.answer?.text
        recorded.grade = outcome.answer.flatMap { answer in
            source.grade.map { $0(answer.text, sample) }
        }
        if let (question, span) = outcome.prompt { recorded.setPrompt(question, span) }
        recorded.captured = outcome.captured
        return recorded
    }

    /// Fits a basis to the first samples for every point that asks for coordinates without giving one.
    private func fitBases(_ monitor: RunMonitor) throws {
        if isFitted { return }
        var counts: [String: (components: Int, samples: Int)] = [:]
        for (name, options) in collector.chosen {
            guard case .principalComponents(let count, nil, let samples)? = options.reduction,
                plan.reached.contains(name)
            else { continue }
            counts[name] = (count, samples)
        }
        if counts.isEmpty {
            isFitted = true
            return
        }
        var rows: [String: (rows: [Float], width: Int)] = [:]
        collector.instead = { form, tensor in
            guard counts[form.hook] != nil else { return }
            let (found, width) = try form.features(of: tensor)
            rows[form.hook, default: ([], width)].rows += found
        }
        defer { collector.instead = nil }
        let most = counts.values.map(\.samples).max() ?? 0
        for index in 0..<min(most, source.samples.count) {
            try monitor.checkInterrupt()
            options.beforeSample(index, source.samples[index].id)
            _ = try CapturePass(pipeline, collector).run(
                [source.image(index)],
                question: source.hasQuestions ? source.samples[index].question : nil,
                sample: 0, geometry: comparing,
                reachable: plan.reached, keepsNothing: true)
        }
        for (name, (found, width)) in rows.sorted(by: { $0.key < $1.key }) {
            collector.bases[name] = PrincipalComponents(
                rows: found, width: width, count: counts[name]?.components ?? 1)
        }
        // Coordinates along a basis of every picture's own could not be compared with each other.
        if let name = counts.keys.sorted().first(where: { collector.bases[$0] == nil }) {
            throw CaptureError(
                name, "no principal components could be fitted, because nothing passed this point.")
        }
        isFitted = true
    }

    private func stretch(of item: StudyItem) -> Range<Int>? {
        items.firstIndex { $0.id == item.id }.map { stretches[$0] }
    }

    /// Stretches of at most so many bytes, at least one sample each.
    static func stretches(_ bytes: [Int], limit: Int) -> [Range<Int>] {
        var (found, first, filled) = ([Range<Int>](), 0, 0)
        for (index, size) in bytes.enumerated() {
            if index > first, filled + size > limit {
                found.append(first..<index)
                (first, filled) = (index, 0)
            }
            filled += size
        }
        found.append(first..<bytes.count)
        return found
    }

    private static func items(
        _ stretches: [Range<Int>], _ source: CaptureSource, _ options: CaptureStudyOptions,
        _ pipeline: Pipeline, weights: String, names: [String], sources: JSONObject
    ) throws -> [StudyItem] {
        let digits = "\(source.samples.count)".count
        var shared: JSONObject = [
            "schema": "hire-capture-1", "numerics": .integer(Int64(ToolkitVersion.numerics)),
            "recipe": .object(try pipeline.recipe.json()), "weights_sha256": .string(weights),
            "capture": options.rules.json(), "points": .array(names.map { .string($0) }),
            "questions": .bool(source.hasQuestions),
            "shard_bytes": .integer(Int64(options.shardBytes)),
        ]
        let determining = pipeline.context.determining.members + options.identity.members
        for (key, value) in determining { shared[key] = value }
        if !sources.isEmpty { shared["sources"] = .object(sources) }
        if let answering = options.answering {
            shared["answering"] = .object(try answering.json())
        }
        let fitted = options.rules.rules.compactMap { rule -> Int? in
            guard case .principalComponents(_, nil, let samples)? = rule.options.reduction
            else { return nil }
            return min(samples, source.samples.count)
        }.max()
        if let fitted { shared["basis_sha256"] = .string(try digest(source, 0..<fitted)) }
        return try stretches.map { stretch in
            var configuration = shared
            configuration["first_sample"] = .integer(Int64(stretch.lowerBound))
            configuration["samples"] = .integer(Int64(stretch.count))
            configuration["data_sha256"] = .string(try digest(source, stretch))
            let ends = [stretch.lowerBound + 1, stretch.upperBound].map { number in
                String(repeating: "0", count: digits - "\(number)".count) + "\(number)"
            }
            return try StudyItem(
                label: "samples \(ends[0])-\(ends[1])",
                configuration: Configuration(configuration))
        }
    }

    private static func digest(_ source: CaptureSource, _ stretch: Range<Int>) throws -> String {
        SHA256.hex(of: try stretch.map { try source.digest($0) }.joined(separator: "\n").utf8)
    }
}
