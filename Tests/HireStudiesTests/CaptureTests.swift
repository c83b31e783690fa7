import Builtin
import Foundation
import HireArray
import HireFiles
import HireHDF5
import HireImaging
import HireReference
import HireShapes
import HireStudies
import HireTensor
import HireTestSupport
import HireVLM
import Testing

@Suite("Captures into memory and files", .serialized)
struct CaptureTests {
    private let small: SmallStudy
    private let pipeline: Pipeline
    private let backend = ReferenceBackend()
    private static let states = "language_model.model.layers.0.output"
    private static let attention = "language_model.model.layers.0.self_attn.probabilities"

    init() throws {
        small = try SmallStudy()
        pipeline = try small.pipeline([
            "id": "hire", "widths": [4, 4], "bottleneck": 4, "convolutions": 1, "key_size": 4,
            "radius": 1,
        ])
    }

    private func image(_ index: Int = 0) throws -> Image { try small.task.image(.test, at: index) }

    private func study(
        _ rules: CaptureRules, samples: Int? = nil, answers: Bool = false, shardBytes: Int = 1 << 16
    ) throws -> CaptureStudy {
        var options = CaptureStudyOptions(rules)
        options.shardBytes = shardBytes
        if answers { options.answering = GenerationOptions(maximumTokens: 3) }
        return try CaptureStudy(
            .task(small.task, .test, count: samples), of: pipeline, options: options,
            catalog: small.catalog, corpus: small.task.corpus,
            shapes: Context(backend: ShapesBackend()))
    }

    @Test("Nothing runs behind the last point that is wanted, and nothing remembers it")
    func stopping() throws {
        let question = small.task.samples(.test)[0].question
        func work(_ body: () throws -> Void) throws -> CostCounter {
            try CostCounter.count(in: pipeline.context, body)
        }
        let before = try pipeline.ask(image(), question).text
        let whole = try work {
            _ = try pipeline.context.withoutGradients {
                try pipeline.imageTokens(pipeline.views(of: [image()]))
            }
        }
        let collector = try CaptureCollector(
            CaptureRules(patterns: [
                "encoder.layers.0.self_attn.output", "encoder.layers.0.layer_norm1.output",
            ]),
            of: pipeline)
        var found: CapturePass.Outcome?
        pipeline.setTraining(true)
        let part = try work {
            found = try CapturePass(pipeline, collector).run([image()], question: question)
        }
        let outcome = try #require(found)
        #expect(outcome.captured.count == 2)
        #expect(outcome.stoppedAfter == "encoder.layers.0.self_attn.output")
        // Views are made outside of every module, so the parts are compared as well as the sums.
        let (some, all) = (part.count(beneath: "encoder"), whole.count(beneath: "encoder"))
        #expect(some > 0 && some < all, "\(part.byPath) \(whole.byPath)")
        #expect(part.total < whole.total)
        #expect(part.count(beneath: "enricher") == 0)
        #expect(part.count(beneath: "language_model") == 0)
        #expect(pipeline.context.modulePath.isEmpty)
        #expect(pipeline.context.recordsGradients)
        #expect(pipeline.scope.isTraining)
        #expect(!pipeline.scope.isWatched)
        pipeline.setTraining(false)
        #expect(try pipeline.ask(image(), question).text == before)
        // The captured numbers are those of a whole pass.
        var seen: [Float] = []
        let watch = try pipeline.capture(["encoder.layers.0.self_attn.output"]) { _, tensor in
            seen = try tensor.array.floats()
        }
        _ = try pipeline.encoder(pipeline.views(of: [image()]).low)
        watch.cancel()
        let captured = try #require(
            outcome.captured.first { $0.form.hook == "encoder.layers.0.self_attn.output" })
        #expect(try captured.arrays[0].floats() == seen)
    }

    @Test("A point that is wanted and not reached is an error, and errors stay errors")
    func unreached() throws {
        let collector = try CaptureCollector(
            CaptureRules(patterns: ["encoder.output", Self.states]), of: pipeline)
        let error = #expect(throws: CaptureError.self) {
            try CapturePass(pipeline, collector).run([image()], question: nil)
        }
        #expect(error?.description.contains("none is given") == true)
        struct Broken: Error {}
        #expect(throws: Broken.self) { try collector.pass(geometry: nil) { throw Broken() } }
        #expect(!pipeline.scope.isWatched)
    }

    @Test("A plan knows every shape and byte of what is recorded afterwards")
    func planned() throws {
        var image = CaptureOptions()
        image.tokens = .image
        var attention = CaptureOptions()
        attention.heads = [1]
        attention.queries = .last
        attention.tokens = .image
        attention.dtype = .float16
        var ranked = CaptureOptions()
        ranked.reduction = .topK(2)
        ranked.every = 3
        let study = try study(
            CaptureRules([
                .init(["encoder.**", "enricher.**", "!encoder.layers.0.mlp.**"]),
                .init([Self.states], image), .init([Self.attention], attention),
                .init(["encoder.output"], ranked),
            ]))
        #expect(study.plan.rows.count > 6)
        try withTemporaryFolder { path in
            let folder = RunFolder(path)
            var bytes = 0
            for item in study.items {
                let result = try study.perform(item, in: folder, .silent)
                bytes += result.metrics["bytes"]?.intValue ?? 0
                for file in result.files {
                    let reader = try HDF5Reader(folder.location(file))
                    var names: Set<String> = []
                    for node in try reader.nodes(under: "/act") where node.content != .group {
                        if case .string(let name)? = try reader.attribute("hook", on: node.path) {
                            names.insert(name)
                        }
                    }
                    #expect(names.isSubset(of: study.plan.rows.map(\.name)))
                    for row in study.plan.rows {
                        guard names.contains(row.name) else { continue }
                        let read = try reader.array(
                            RecordingShard.paths(ofHooks: study.plan.rows.map(\.name))[row.name]
                                ?? "",
                            on: backend)
                        #expect(Array(read.shape.dropFirst()) == Array(row.shape.dropFirst()))
                        #expect(read.dtype == row.dtype)
                    }
                }
            }
            #expect(bytes == study.plan.bytes)
            let every = try #require(study.plan.rows.first { $0.name == "encoder.output.indices" })
            #expect(every.samples == (study.source.samples.count + 2) / 3)
        }
    }

    @Test("Items are stretches that depend on sizes only, and give the same content whenever")
    func stretches() throws {
        let rules = CaptureRules(patterns: ["encoder.**", "enricher.**", Self.states])
        let first = try study(rules, shardBytes: 1 << 18)
        let second = try study(rules, shardBytes: 1 << 18)
        #expect(first.items == second.items)
        #expect(first.items.count > 1)
        #expect(try study(rules, shardBytes: 1 << 19).items.count < first.items.count)
        try withTemporaryFolder { path in
            let folders = ["a", "b"].map { RunFolder(FilePath.join(path, $0)) }
            // The second does its items backwards.
            var files: [[String]] = []
            for item in first.items {
                files.append(try first.perform(item, in: folders[0], .silent).files)
            }
            for item in second.items.reversed() {
                _ = try second.perform(item, in: folders[1], .silent)
            }
            #expect(files.flatMap { $0 }.count > first.items.count)
            for name in files.flatMap({ $0 }) {
                let readers = try folders.map { try HDF5Reader($0.location(name)) }
                #expect(
                    try readers[0].attribute("model_sha256") == .string(pipeline.weightsDigest()))
                for node in try readers[0].nodes() where !node.path.hasPrefix("/measured") {
                    guard case .array = node.content else { continue }
                    let arrays = try readers.map { try $0.array(node.path, on: backend).floats() }
                    #expect(arrays[0] == arrays[1], "\(name) \(node.path)")
                }
            }
        }
    }

    @Test("A sample's digest changes with the data that its task is made of")
    func data() throws {
        let plain = CaptureSource.task(small.task, .test, count: nil)
        let same = CaptureSource.task(
            OtherPixels(small.task, try small.task.dataDigest()), .test, count: nil)
        let other = CaptureSource.task(OtherPixels(small.task, "other"), .test, count: nil)
        #expect(try plain.digest(0) == same.digest(0))
        #expect(try plain.digest(0) != other.digest(0))
        #expect(try plain.digest(0) != plain.digest(1))
    }

    @Test("An item's identity changes with weights, data, points and options")
    func identity() throws {
        let rules = CaptureRules(patterns: ["encoder.output"])
        let plain = try study(rules).items[0].id
        #expect(try study(rules).items[0].id == plain)
        #expect(try study(rules, samples: 2).items[0].id != plain)
        #expect(try study(rules, answers: true).items[0].id != plain)
        var narrow = CaptureOptions()
        narrow.dtype = .float16
        #expect(try study(CaptureRules([.init(["encoder.output"], narrow)])).items[0].id != plain)
        let parameter = try #require(pipeline.parameters().last?.parameter)
        let changed = try parameter.snapshot()
        try parameter.assign(
            Tensor(changed, in: pipeline.context).scaled(by: 1.5).array)
        #expect(try study(rules).items[0].id != plain)
    }

    @Test("Answers, prompts and grades stand beside the features")
    func inputs() throws {
        let study = try study(CaptureRules(patterns: [Self.states]), samples: 3, answers: true)
        try withTemporaryFolder { path in
            let folder = RunFolder(path)
            let result = try study.perform(study.items[0], in: folder, .silent)
            let reader = try HDF5Reader(folder.location(result.files[0]))
            let samples = study.source.samples
            #expect(try reader.strings("/input/sample_id") == samples.map(\.id))
            #expect(try reader.strings("/input/question") == samples.map(\.question))
            #expect(try reader.strings("/output/text").count == 3)
            #expect(try reader.array("/metrics/grade", on: backend).count == 3)
            #expect(try reader.array("/measured/seconds", on: backend).count == 3)
            let spans = try reader.array("/input/image_span", on: backend).integers()
            let offsets = try reader.array("/input/token_ids/offsets", on: backend).integers()
            let ids = try reader.array("/input/token_ids/values", on: backend).integers()
            for (index, sample) in samples.enumerated() {
                let prompt = try pipeline.prompted(sample.question)
                let own = Array(ids[offsets[index]..<offsets[index + 1]])
                let span = spans[2 * index]..<spans[2 * index + 1]
                #expect(span.count == 4)
                #expect(own[span].allSatisfy { $0 == -1 })
                #expect(Array(own[..<span.lowerBound]) == prompt.before)
                #expect(Array(own[span.upperBound...]) == prompt.after)
            }
            // Questions of different lengths make rows of different numbers.
            let rows = "/act/" + Self.states.split(separator: ".").joined(separator: "/")
            if reader.contains(rows + "/offsets") {
                #expect(try reader.array(rows + "/offsets", on: backend).integers() == offsets)
            } else {
                #expect(Set(zip(offsets.dropFirst(), offsets).map { $0 - $1 }).count == 1)
            }
        }
    }

    @Test("A basis is fitted to the first samples, once, and stands in every file")
    func basis() throws {
        var options = CaptureOptions()
        options.reduction = .principalComponents(2, basis: nil, samples: 2)
        let study = try study(CaptureRules([.init(["encoder.output"], options)]))
        var rows: [Float] = []
        for index in 0..<2 {
            let views = try pipeline.views(of: [study.source.image(index)])
            let map = try pipeline.context.withoutGradients {
                try pipeline.encoder(views.low).map()
            }
            rows += try map.permute([0, 2, 3, 1]).array.floats()
        }
        let expected = PrincipalComponents(rows: rows, width: 8, count: 2)
        try withTemporaryFolder { path in
            let folder = RunFolder(path)
            let result = try study.perform(study.items[0], in: folder, .silent)
            let reader = try HDF5Reader(folder.location(result.files[0]))
            try expectClose(
                reader.array("/basis/encoder/output/directions", on: backend),
                expected.directions.flatMap { $0 }, absolute: 1e-6, "directions")
            let first = try reader.array("/act/encoder/output", rows: 0..<1, on: backend).floats()
            let own = expected.coordinates(rows[..<8])
            #expect(abs(Double(first[0]) - own[0]) < 1e-4)
            #expect(abs(Double(first[4]) - own[1]) < 1e-4)
        }
    }

    @Test(
        "A basis that could not be fitted is fitted by the next item, never by each picture for itself"
    )
    func failedBasis() throws {
        var options = CaptureOptions()
        options.reduction = .principalComponents(2, basis: nil, samples: 2)
        try withTemporaryFolder { path in
            let disk = SystemFileSystem()
            let files = (0..<3).map { FilePath.join(path, "\($0).png") }
            for (index, file) in files.enumerated() {
                try AtomicWriter().write(image(index).png(), to: file)
            }
            func study() throws -> CaptureStudy {
                try CaptureStudy(
                    .files(files, question: nil), of: pipeline,
                    options: CaptureStudyOptions(
                        CaptureRules([.init(["encoder.output"], options)])),
                    catalog: small.catalog, corpus: small.task.corpus,
                    shapes: Context(backend: ShapesBackend()))
            }
            func read(_ study: CaptureStudy, _ name: String) throws -> [[Float]] {
                let folder = RunFolder(FilePath.join(path, name))
                let result = try study.perform(study.items[0], in: folder, .silent)
                let reader = try HDF5Reader(folder.location(result.files[0]))
                return try ["/basis/encoder/output/directions", "/act/encoder/output"].map {
                    try reader.array($0, on: backend).floats()
                }
            }
            let expected = try read(study(), "whole")
            let stopped = try study()
            try disk.rename(files[1], to: files[1] + ".away")
            for _ in 0..<2 {
                #expect(throws: (any Error).self) { try read(stopped, "stopped") }
            }
            try disk.rename(files[1] + ".away", to: files[1])
            #expect(try read(stopped, "stopped") == expected)
        }
    }

    @Test("A run goes on where it was, and its index is one array over all samples")
    func resumed() throws {
        let rules = CaptureRules(patterns: ["encoder.output", "enricher.**"])
        let samples = small.task.samples(.test)
        let last = try pipeline.context.withoutGradients {
            let image = try small.task.image(.test, at: samples[samples.count - 1].imageIndex)
            return try pipeline.encoder(pipeline.views(of: [image]).low).map()
        }
        try withTemporaryFolder { path in
            let folder = RunFolder(path)
            let first = try StudyRunner(folder).run(study(rules))
            #expect(first.done.count > 1 && first.remaining.isEmpty)
            let again = try StudyRunner(folder).run(study(rules))
            #expect(again.done.isEmpty && again.takenOver == first.done)
            let item = try #require(again.items[1].record)
            let file = try #require(item.files.keys.first)
            let bytes = try SystemFileSystem().readAll(folder.location(file))
            #expect(item.files[file]?.sha256 == SHA256.hex(of: bytes))
            try SystemFileSystem().removeFile(folder.location(file))
            let third = try StudyRunner(folder).run(study(rules))
            #expect(third.done == [first.done[1]])
            let index = try HDF5Reader(inPlace: folder.location("run.h5"))
            let numbers = try index.array("/sample", on: backend).integers()
            #expect(numbers == Array(samples.indices))
            let maps = try index.array("/act/encoder/output", on: backend)
            #expect(maps.shape == [samples.count, 8, 2, 2])
            let row = try maps.selected(axis: 0, index: samples.count - 1).floats()
            let expected = try last.array.floats()
            #expect(row == expected)
        }
    }

    @Test(
        "A capture that the disk cannot hold, or that asks for nothing that passes, is refused at once"
    )
    func refused() throws {
        let study = try study(CaptureRules(patterns: ["encoder.output"]))
        let full = FaultyFileSystem { _, call in call == "freeBytes" ? .error(ENOSPC) : nil }
        #expect(throws: FileError.self) {
            try study.plan.checkSpace(in: "/", fileSystem: full)
        }
        try study.plan.checkSpace(in: "/nowhere/at/all")
        #expect(try CapturePlan.freeBytes("/nowhere/at/all") > 0)
        var options = CaptureOptions()
        options.heads = [7]
        let error = #expect(throws: CaptureError.self) {
            try self.study(CaptureRules([.init([Self.attention], options)]))
        }
        #expect(error?.description == "\(Self.attention): heads are counted from 1 to 2, got 8.")
    }
}

/// A task with the same texts whose pictures are said to come from other files.
private final class OtherPixels: Task {
    private let base: any Task
    private let digest: String

    init(_ base: any Task, _ digest: String) {
        self.base = base
        self.digest = digest
    }

    var id: String { base.id }
    var origin: String { base.origin }
    var questionTypes: [String] { base.questionTypes }
    var corpus: [String] { base.corpus }
    func imageCount(_ split: DataSplit) -> Int { base.imageCount(split) }
    func samples(_ split: DataSplit) -> [Sample] { base.samples(split) }
    func image(_ split: DataSplit, at index: Int) throws -> Image {
        try base.image(split, at: index)
    }
    func dataDigest() throws -> String { digest }
}
