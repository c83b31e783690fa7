import HireArray
import HireFiles
import HireHDF5
import HireImaging
import HireNN
import HireReference
import HireShapes
import HireTensor
import HireTestSupport
import Testing

@testable import HireStudies

@Suite("Shards in their order", .serialized)
struct ShardOrderTests {
    private let context = Context(backend: ReferenceBackend(), seed: 3)
    private static let always = "encoder.layers.0.output"
    private static let third = "encoder.layers.1.output"
    private static let fourth = "language_model.model.layers.0.output"
    private static let fifth = "encoder.layers.2.output"
    private static let names = [always, third, fourth, fifth]

    /// A sample whose captured numbers are its place; most points leave most samples out.
    private func sample(_ index: Int) throws -> RecordedSample {
        var sample = RecordedSample(index: index, id: "s\(index)", image: index)
        sample.question = "Which?\r\nThis?"
        func capture(
            _ name: String, _ every: Int, _ shape: Shape, _ geometry: SequenceGeometry? = nil,
            _ reduction: CaptureReduction? = nil
        ) throws {
            guard index.isMultiple(of: every) else { return }
            var options = CaptureOptions()
            options.every = every
            options.reduction = reduction
            let form = try CaptureForm(name, options, shape: shape, geometry: geometry)
            let tensor = try context.tensor(
                [Float](repeating: Float(index), count: shape.elementCount), shape)
            sample.captured.append(.init(form: form, arrays: try form.values(of: tensor).arrays))
        }
        let span = SequenceSpan(before: 2, image: 0, after: index % 3)
        let basis = PrincipalComponents(
            rows: (0..<12).map { Float(($0 * 7) % 5) }, width: 4, count: 2)
        try capture(Self.always, 1, [1, 2, 4])
        try capture(Self.third, 3, [1, 2, 4])
        try capture(
            Self.fourth, 4, [1, span.total, 4],
            SequenceGeometry(span, isFixed: false, imageIsFixed: false))
        try capture(
            Self.fifth, 5, [1, 2, 4], nil, .principalComponents(2, basis: basis, samples: 1))
        return sample
    }

    private func record(
        _ samples: Range<Int>, _ folder: RunFolder, shardBytes: Int,
        _ name: @escaping (Int) -> String
    ) throws -> [String] {
        let recorder = ShardRecorder(
            attributes: [("schema", "hire-act")], backend: context.backend, shardBytes: shardBytes,
            hooks: Self.names, fileSystem: folder.fileSystem
        ) { folder.location(name($0)) }
        for index in samples { try recorder.append(sample(index)) }
        return try recorder.finish().indices.map { name($0 + 1) }
    }

    /// Two finished items of thirteen shards each, the second with the names that earlier versions gave.
    private func run() throws -> SyntheticRun {
        let run = try SyntheticRun(
            "capture", [.init(variant: "a", metrics: nil), .init(variant: "b", metrics: nil)])
        let items = try run.contents().items.map(\.item)
        let writer = JournalWriter(run.folder.location("journal"))
        for (number, item) in items.enumerated() {
            let stem = "\(item.folder)/capture"
            let names = try record(13 * number..<13 * number + 13, run.folder, shardBytes: 1) {
                number == 0
                    ? Recorder.file(stem, $0) : $0 == 1 ? "\(stem).h5" : "\(stem)-\($0).h5"
            }
            #expect(names.count == 13)
            try writer.append(
                JournalRecord(
                    sequence: 1, item: item.id, label: item.label, state: .done, attempt: 1,
                    utc: "", host: "", process: 0, result: ItemResult(files: names),
                    files: run.folder.digests(of: names)))
        }
        return run
    }

    /// Expects the samples 0 ..< 26 in their order.
    private func expectWhole(_ place: String, _ read: (String) throws -> [Double]) throws {
        let all = (0..<26).map { Double($0) }
        let path = { (name: String) in RecordingShard.path(ofHook: name) }
        func every(_ step: Int) -> [Double] { all.filter { Int($0) % step == 0 } }
        func spread(_ samples: [Double], _ count: (Double) -> Int) -> [Double] {
            samples.flatMap { [Double](repeating: $0, count: count($0)) }
        }
        #expect(try read("/sample") == all, "\(place)")
        #expect(try read(path(Self.always)) == spread(all) { _ in 8 }, "\(place)")
        #expect(try read("/sample_every_3") == every(3), "\(place)")
        #expect(try read(path(Self.third)) == spread(every(3)) { _ in 8 }, "\(place)")
        #expect(try read("/sample_every_4") == every(4), "\(place)")
        let rows = { (sample: Double) in 2 + Int(sample) % 3 }
        #expect(
            try read(path(Self.fourth) + "/values") == spread(every(4)) { 4 * rows($0) },
            "\(place)")
        var ends: [Double] = [0]
        for sample in every(4) { ends.append(ends[ends.count - 1] + Double(rows(sample))) }
        #expect(try read(path(Self.fourth) + "/offsets") == ends, "\(place)")
        #expect(try read(path(Self.fifth)).count == 2 * 2 * every(5).count, "\(place)")
        #expect(try read("/basis/encoder/layers/2/output/directions").count == 8, "\(place)")
    }

    private func expectWhole(_ path: String) throws {
        let reader = try HDF5Reader(inPlace: path)
        try expectWhole(path) { name in
            let array = try reader.array(name, on: context.backend)
            return array.dtype == .int64
                ? try array.integers().map(Double.init) : try array.floats().map(Double.init)
        }
        let third = RecordingShard.path(ofHook: Self.third)
        #expect(try reader.scales(of: third).first == "/sample_every_3")
        #expect(
            try reader.attribute("sampling", on: RecordingShard.path(ofHook: Self.fourth))
                == "sample_every_4")
    }

    @Test(
        "Samples keep their order over more than ten shards, and points of every n-th sample their rows, in the index, merged and exported"
    )
    func order() throws {
        let run = try run()
        let contents = try run.contents()
        #expect(contents.items.map(\.state) == [.done, .done])
        let small = try SmallStudy()
        let study = try CaptureStudy(
            .images([Image(width: 16, height: 16, fill: .white)], question: nil),
            of: small.pipeline(),
            options: CaptureStudyOptions(CaptureRules(patterns: ["encoder.output"])),
            catalog: small.catalog, corpus: small.task.corpus,
            shapes: Context(backend: ShapesBackend()))
        try study.conclude(contents.items, in: run.folder)
        try expectWhole(run.folder.location("run.h5"))
        let sources = try RunSources(contents)
        #expect(sources.notes.isEmpty, "\(sources.notes)")
        let merge = RunMerge(sources, smallBytes: 0)
        for mode in RunMerge.Mode.allCases {
            let path = run.folder.location("\(mode.rawValue).h5")
            #expect(try merge.write(to: path, mode).notes.isEmpty)
            try expectWhole(path)
        }
        let path = run.folder.location("all.safetensors")
        _ = try RunExport(sources).write(as: .safetensors, to: path)
        let file = try SafetensorsFile.read(path, backend: context.backend)
        try expectWhole(path) { name in
            let tensor = try file.tensor(String(name.dropFirst()).replacing("/", with: "."))
            return tensor.dtype == .int64
                ? try tensor.integers().map(Double.init) : try tensor.floats().map(Double.init)
        }
    }

    @Test("A basis stands in a shard whose first sample does not show its point")
    func basis() throws {
        try withTemporaryFolder { path in
            let folder = RunFolder(path)
            let names = try record(13..<26, folder, shardBytes: 1 << 20) {
                Recorder.file("capture", $0)
            }
            #expect(names == ["capture-00001.h5"])
            let reader = try HDF5Reader(folder.location(names[0]))
            #expect(reader.contains("/basis/encoder/layers/2/output/directions"))
            #expect(
                try reader.array("/sample_every_5", on: context.backend).integers() == [15, 20, 25])
        }
    }

    @Test("A dataset that lacks samples which a shard has is left out, with one sentence")
    func gaps() throws {
        let folder = try TemporaryFolder()
        var files: [String] = []
        for number in 0..<4 {
            let shard = try HDF5Shard(name: "x")
            try shard.write(integers: [number], to: "/sample", axes: ["sample"], scale: "sample")
            if number == 1 {
                try shard.write(
                    context.backend.array([Float(1)], [1, 1]), to: "/act/x",
                    axes: [HDF5Axis("sample", scale: "/sample"), "channel"])
            }
            files.append(folder.file("\(number).h5"))
            try shard.write(to: files[number])
        }
        let joined = try JoinedShards(files)
        #expect(joined.datasets.map(\.path) == ["/sample"])
        #expect(joined.notes.count == 1 && joined.notes[0].contains("/act/x is missing in"))
    }
}
