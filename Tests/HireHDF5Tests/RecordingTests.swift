import HireArray
import HireHDF5
import HireReference
import Testing

@Suite("Recordings", .serialized)
struct RecordingTests {
    private let backend = ReferenceBackend()

    @Test(
        "Rows written chunk by chunk are read back by the library, check sums included",
        arguments: [
            [19, 300], [19, 64], [1, 5000], [700, 3], [3, 40, 50], [2048], [5, 1, 2000],
        ])
    func chunks(sample: Shape) throws {
        try expectRoundTrip(sample, HDF5Options(chunkBytes: 4096))
    }

    @Test(
        "A chunk that splits two axes is no run of its row, and every number stays in its place",
        arguments: [[5, 600], [5, 601], [5, 3, 200], [9, 2, 180], [3, 5, 600]])
    func twoAxes(sample: Shape) throws {
        let options = HDF5Options(chunkBytes: 4096)
        try expectRoundTrip(sample, options)
        // The first of several places along one axis, and a part of the next.
        let chunk = Array(options.chunk(sample, elementSize: 4).dropFirst())
        let split = zip(chunk, sample).enumerated().filter { $1.0 < $1.1 }.map(\.offset)
        #expect(split.count >= 2)
        #expect(split.dropLast().contains { chunk[$0] > 1 }, "\(chunk) of \(sample)")
    }

    /// Appends three rows in every dtype of captures and expects to read them again.
    private func expectRoundTrip(_ sample: Shape, _ options: HDF5Options) throws {
        for dtype in [DType.float32, .float16, .bfloat16] {
            let shard = try HDF5Shard(options: options)
            var expected: [Float] = []
            for index in 0..<3 {
                let wide = try backend.random([1] + sample, seed: index)
                let row = try backend.allocate(wide.shape, dtype)
                backend.copy(wide, into: row)
                expected += try row.floats()
                try shard.append(row, to: "/act/x")
            }
            let reader = try HDF5Reader(image: shard.finish(), name: "shard")
            let read = try reader.array("/act/x", on: backend)
            #expect(read.shape == [3] + sample)
            #expect(try read.floats() == expected, "\(dtype) \(sample)")
        }
    }

    @Test("A shard built in an image has the bytes of one built in the library's memory")
    func inPlace() throws {
        let image = try HDF5Image(capacity: 4096)
        func fill(_ recording: RecordingShard) throws {
            for sample in 0..<4 {
                try recording.beginSample(sample)
                try recording.record(
                    backend.random([30, 1000], seed: sample), hook: "a.output",
                    axes: ["token", "channel"])
            }
        }
        let plain = try RecordingShard(attributes: Sample.attributes)
        try fill(plain)
        let bytes = try plain.finish()
        // Twice: the memory of the first file is that of the second.
        for _ in 0..<2 {
            let recording = try RecordingShard(attributes: Sample.attributes, image: image)
            try fill(recording)
            try recording.finishInPlace()
            #expect(image.byteCount == bytes.count)
            #expect(image.withUnsafeBytes { $0.elementsEqual(bytes) })
        }
    }

    @Test("A hook whose name begins another's shares their file")
    func prefixes() throws {
        let hooks = ["a.output", "a.output.dense.output", "a.output.output", "b"]
        #expect(
            RecordingShard.paths(ofHooks: hooks) == [
                "a.output": "/act/a/output/_values",
                "a.output.dense.output": "/act/a/output/dense/output",
                "a.output.output": "/act/a/output/output", "b": "/act/b",
            ])
        #expect(
            RecordingShard.paths(ofHooks: ["a", "a._values"])["a"] == "/act/a/_values_")
        let recording = try RecordingShard(attributes: [], hooks: hooks)
        try recording.beginSample(0)
        for hook in hooks {
            try recording.record(backend.array([Float(1), 2], [2]), hook: hook, axes: ["channel"])
        }
        let reader = try HDF5Reader(image: recording.finish(), name: "r")
        for path in RecordingShard.paths(ofHooks: hooks).values {
            #expect(try reader.array(path, on: backend).floats() == [1, 2])
        }
        #expect(
            try reader.attribute("hook", on: "/act/a/output/_values") == "a.output")
    }

    @Test("Scales hold the positions that were kept, and have names of their own")
    func positions() throws {
        let recording = try RecordingShard(attributes: [])
        try recording.beginSample(7)
        let values = try backend.array([Float](repeating: 1, count: 6), [2, 3])
        let many = try backend.array([Float](repeating: 1, count: 6), [6])
        try recording.record(
            values, hook: "a",
            axes: [
                RecordingAxis("head", positions: [0, 3]),
                RecordingAxis("key", positions: [5, 6, 7]),
            ])
        try recording.record(
            values, hook: "b", axes: ["head", RecordingAxis("key", positions: [0, 1, 2])])
        try recording.record(
            many, hook: "c", axes: [RecordingAxis("channel", positions: [1, 2, 3, 5, 8, 13])])
        let reader = try HDF5Reader(image: recording.finish(), name: "r")
        #expect(try reader.array("/head_2_at_0_3", on: backend).integers() == [0, 3])
        #expect(try reader.array("/key_3_from_5", on: backend).integers() == [5, 6, 7])
        #expect(try reader.array("/head_2", on: backend).integers() == [0, 1])
        #expect(try reader.array("/key_3", on: backend).integers() == [0, 1, 2])
        #expect(try reader.attribute("head", on: "/act/a") == .integers([0, 3]))
        #expect(try reader.axisLabels("/act/a") == ["sample", "head", "key"])
        let hashed = try reader.nodes().map(\.path).filter { $0.hasPrefix("/channel_6_at_") }
        #expect(hashed.count == 1)
        #expect(try reader.array(hashed[0], on: backend).integers() == [1, 2, 3, 5, 8, 13])
    }

    @Test(
        "Items of varying extents are values and offsets, with shapes where more than one axis varies"
    )
    func ragged() throws {
        let recording = try RecordingShard(attributes: [])
        for index in 0..<3 {
            try recording.beginSample(index)
            let tokens = index + 1
            try recording.recordRagged(
                backend.array((0..<tokens * 2).map { Float(10 * index + $0) }, [tokens, 2]),
                hook: "a.output", axes: ["token", "channel"], varying: [0])
            try recording.recordRagged(
                backend.array((0..<2 * tokens * tokens).map { Float($0) }, [2, tokens, tokens]),
                hook: "a.probabilities", axes: ["head", "query", "key"], varying: [1, 2])
        }
        let reader = try HDF5Reader(image: recording.finish(), name: "r")
        let (rows, maps) = ("/act/a/output", "/act/a/probabilities")
        #expect(try reader.array(rows + "/offsets", on: backend).integers() == [0, 1, 3, 6])
        #expect(try reader.array(rows + "/values", on: backend).shape == [6, 2])
        #expect(
            try reader.array(rows + "/values", rows: 1..<3, on: backend).floats()
                == [10, 11, 12, 13])
        #expect(try reader.array(maps + "/offsets", on: backend).integers() == [0, 2, 10, 28])
        #expect(
            try reader.array(maps + "/shapes", on: backend).integers()
                == [2, 1, 1, 2, 2, 2, 2, 3, 3])
        #expect(try reader.axisLabels(rows + "/values") == ["row", "channel"])
        #expect(try reader.axisLabels(maps + "/offsets") == ["edge"])
    }

    @Test("Hooks may leave samples out, counted by a scale of their own")
    func sampling() throws {
        let recording = try RecordingShard(attributes: [])
        let value = try backend.array([Float(1)], [1])
        for index in 0..<5 {
            let also = index % 2 == 0 ? ["sample_every_2"] : []
            try recording.beginSample(index, samplings: also)
            try recording.record(value, hook: "a", axes: ["channel"])
            if also.isEmpty { continue }
            try recording.record(value, hook: "b", axes: ["channel"], sampling: "sample_every_2")
        }
        let reader = try HDF5Reader(image: recording.finish(), name: "r")
        #expect(try reader.array("/act/b", on: backend).shape == [3, 1])
        #expect(try reader.array("/sample_every_2", on: backend).integers() == [0, 2, 4])
    }

    @Test("A file built in used memory has the bytes of one built in fresh memory")
    func usedMemory() throws {
        let used = try HDF5Image(capacity: 1 << 20)
        func build(in image: HDF5Image, rows: Int, value: Float) throws -> [UInt8] {
            let recording = try RecordingShard(attributes: [("schema", "x")], image: image)
            for index in 0..<rows {
                try recording.beginSample(index)
                try recording.record(
                    backend.array([Float](repeating: value, count: 512), [16, 32]), hook: "a",
                    axes: ["token", "channel"])
            }
            try recording.finishInPlace()
            return image.withUnsafeBytes { Array($0) }
        }
        _ = try build(in: used, rows: 40, value: 7)
        let fresh = try build(in: HDF5Image(capacity: 1 << 20), rows: 3, value: 1)
        #expect(try build(in: used, rows: 3, value: 1) == fresh)
        // One that outgrows its memory.
        let large = try build(in: HDF5Image(capacity: 1 << 20), rows: 600, value: 2)
        #expect(try build(in: used, rows: 600, value: 2) == large)
    }

    @Test("Nothing stays open when a recording is dropped half-way")
    func dropped() async {
        await #expect(processExitsWith: .success) {
            let backend = ReferenceBackend()
            for index in 0..<20 {
                let recording = try RecordingShard(
                    attributes: [], image: index % 2 == 0 ? HDF5Image(capacity: 1 << 16) : nil)
                try recording.beginSample(0)
                try recording.record(
                    backend.random([3, 2000], seed: 1), hook: "a", axes: ["token", "channel"])
                #expect(HDF5Library.openHandleCount > 0)
            }
            #expect(HDF5Library.openHandleCount == 0)
        }
    }
}
