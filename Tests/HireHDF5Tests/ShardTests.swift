import Glibc
import HireArray
import HireFiles
import HireHDF5
import HireReference
import HireTestSupport
import Testing

@Suite("HDF5 shards", .serialized)
struct ShardTests {
    private let backend = ReferenceBackend()

    @Test("A group is made with those above it, as often as one likes")
    func groups() throws {
        let shard = try HDF5Shard()
        try shard.makeGroup("/items/none")
        try shard.makeGroup("/items/none")
        try shard.setAttribute("state", "done", on: "/items/none")
        let reader = try HDF5Reader(image: shard.finish(), name: "shard")
        #expect(try reader.nodes().map(\.path) == ["/items", "/items/none"])
    }

    @Test("Every dtype comes back bit for bit", arguments: DType.allCases)
    func dtypes(dtype: DType) throws {
        let written = try Sample.array(dtype, on: backend)
        let shard = try HDF5Shard()
        try shard.write(written, to: "/a/b")
        let reader = try HDF5Reader(image: shard.finish(), name: "shard")
        let read = try reader.array("/a/b", on: backend)
        #expect(read.dtype == dtype)
        #expect(read.shape == [2, 3])
        #expect(try read.doubles() == written.doubles())
    }

    @Test("Views are stored in their own order")
    func views() throws {
        let array = try backend.array((0..<24).map { Float($0) }, [2, 3, 4])
        let view = NDArray(
            storage: array.storage, dtype: .float32, shape: [4, 2, 2], strides: [1, 12, 4],
            offset: 4)
        let shard = try HDF5Shard()
        try shard.write(view, to: "/view")
        let reader = try HDF5Reader(image: shard.finish(), name: "shard")
        #expect(try reader.array("/view", on: backend).floats() == view.floats())
    }

    @Test("Rows are appended and read back in part; large samples are split along tokens")
    func rows() throws {
        let options = HDF5Options(gzip: 1, chunkBytes: 4096)
        let shard = try HDF5Shard(options: options)
        func sample(_ index: Int) throws -> NDArray {
            try backend.random([1, 19, 300], seed: index)
        }
        for index in 0..<5 { try shard.append(sample(index), to: "/act/x") }
        let reader = try HDF5Reader(image: shard.finish(), name: "shard")
        #expect(try reader.nodes().last?.content == .array(.float32, shape: [5, 19, 300]))
        let middle = try reader.array("/act/x", rows: 1..<3, on: backend)
        #expect(middle.shape == [2, 19, 300])
        #expect(try middle.floats() == sample(1).floats() + sample(2).floats())
        #expect(try reader.array("/act/x", rows: 2..<2, on: backend).shape == [0, 19, 300])
        #expect(throws: HDF5Error.self) { try reader.array("/act/x", rows: 4..<6, on: backend) }
    }

    @Test("Attributes of every kind come back in their order")
    func attributes() throws {
        let shard = try HDF5Shard()
        let long = String(repeating: "x", count: 200_000)
        try shard.setAttributes(Sample.attributes + [("config_json", .string(long)), ("e", "")])
        try shard.setAttribute("seed", 8)
        let reader = try HDF5Reader(image: shard.finish(), name: "shard")
        for (name, value) in Sample.attributes where name != "seed" {
            #expect(try reader.attribute(name) == value)
        }
        #expect(try reader.attribute("seed") == .integer(8))
        #expect(try reader.attribute("config_json") == .string(long))
        #expect(try reader.attribute("e") == .string(""))
        #expect(try reader.attribute("absent") == nil)
        let expected =
            Sample.attributes.map(\.0).filter { $0 != "seed" } + ["config_json", "e", "seed"]
        #expect(try reader.attributeNames() == expected)
    }

    @Test("Equal contents make equal bytes, and the committed file still reads the same")
    func committed() throws {
        let bytes = try Sample.build(on: backend)
        // Dictionaries differ in their order from one to the next.
        for _ in 0..<8 { #expect(try bytes == Sample.build(on: backend)) }
        if let target = getenv("HIRE_WRITE_HDF5_SAMPLE") {
            try AtomicWriter().write(bytes, to: String(cString: target))
        }
        let fresh = try HDF5Reader(image: bytes, name: "fresh")
        let kept = try HDF5Reader(goldenPath("hdf5/sample.h5"))
        let nodes = try fresh.nodes()
        #expect(try kept.nodes() == nodes)
        for node in nodes {
            switch node.content {
            case .array:
                let a = try fresh.array(node.path, on: backend).doubles()
                #expect(try kept.array(node.path, on: backend).doubles() == a, "\(node.path)")
            case .strings:
                #expect(try kept.strings(node.path) == fresh.strings(node.path), "\(node.path)")
            default: break
            }
        }
        for name in try fresh.attributeNames() {
            #expect(try kept.attribute(name) == fresh.attribute(name), "\(name)")
        }
    }

    @Test("A recording has its datasets, labels and scales, and says what is missing")
    func recording() throws {
        let reader = try HDF5Reader(image: Sample.build(on: backend), name: "sample")
        let path = "/act/encoder/layers/3/output"
        #expect(try reader.axisLabels(path) == ["sample", "token", "channel"])
        #expect(try reader.attribute("hook", on: path) == "encoder.layers.3.output")
        #expect(try reader.attribute("complete") == 1)
        #expect(try reader.array("/sample", on: backend).integers() == [100, 101, 102])
        #expect(
            try reader.array("/input/token_ids/offsets", on: backend).integers() == [0, 1, 3, 6])
        #expect(
            try reader.array("/input/token_ids/values", on: backend).integers()
                == [10, 10, 11, 10, 11, 12])
        #expect(try reader.strings("/input/prompt") == (0..<3).map { "What is it? #\($0)" })
        #expect(try reader.strings("/strings/fixed") == ["short", "länger als das", ""])

        let recording = try RecordingShard(attributes: [])
        let values = try backend.array([Float(1)], [1])
        #expect(throws: HDF5Error.self) { try recording.record(values, hook: "a", axes: ["token"]) }
        try recording.beginSample(0)
        try recording.record(values, hook: "a.b", axes: ["token"])
        #expect(throws: HDF5Error.self) {
            try recording.record(values, hook: "a.b", axes: ["token"])
        }
        #expect(throws: HDF5Error.self) { try recording.record(values, hook: "c", axes: []) }
        try recording.beginSample(1)
        let error = #expect(throws: HDF5Error.self) { try recording.finish() }
        #expect(
            error?.description == "recording: /act/a/b: expected values of 2 samples, got 1.")
    }

    @Test("Mistakes are sentences that name file, object, expected and got")
    func mistakes() throws {
        let shard = try HDF5Shard(name: "s.h5")
        let array = try backend.array([Float(1), 2], [1, 2])
        try shard.append(array, to: "/rows")
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: HDF5Error.self, performing: body)?.description ?? ""
        }
        #expect(
            message { try shard.append(backend.array([Float(1)], [1, 1]), to: "/rows") }
                == "s.h5: /rows: expected rows of shape [rows, 2], got [1, 1] "
                + "(items of varying length go through appendRagged).")
        #expect(
            message { try shard.append(backend.array([Int32(1), 2], [1, 2]), to: "/rows") }
                == "s.h5: /rows: expected rows of dtype f32, got i32.")
        #expect(
            message { try shard.write(array, to: "/rows") }
                == "s.h5: /rows: something of that name is in the shard already.")
        #expect(
            message { try shard.write(array, to: "/x", axes: ["a"]) }
                == "s.h5: /x: expected 2 axis labels, got [\"a\"].")
        #expect(message { try shard.write(array, to: "/rows/below") }.contains("HDF5: "))
        let bytes = try shard.finish()
        #expect(message { try shard.write(array, to: "/y") }.contains("is finished"))
        let reader = try HDF5Reader(image: bytes, name: "s.h5")
        #expect(
            message { _ = try reader.array("/rosw", on: backend) }
                == "s.h5: /rosw: Unknown dataset '/rosw'; did you mean '/rows'? Known: /rows, /x.")
        #expect(
            message { _ = try reader.strings("/rows") }.contains("expected strings, got numbers"))
        #expect(
            message { _ = try HDF5Reader(image: Array("no HDF5".utf8), name: "n.h5") }
                .hasPrefix("n.h5: this is no HDF5 file, or it is damaged (HDF5: "))
        #expect(
            message {
                _ = try HDF5Reader(image: bytes, name: "s.h5", limit: 7).array("/rows", on: backend)
            } == "s.h5: /rows: the dataset of shape [1, 2] exceeds the limit of 7 bytes.")
    }

    @Test("A flipped byte in a chunk is noticed")
    func checksum() throws {
        let shard = try HDF5Shard()
        try shard.write(
            backend.array([Float](repeating: 1.0009765625, count: 4096), [4, 1024]), to: "/x")
        var bytes = try shard.finish()
        // The bytes 00 20 80 3F are one element; the middle of the longest run lies inside a chunk.
        let places = bytes.indices.dropLast(4).filter {
            Array(bytes[$0..<($0 + 4)]) == [0, 0x20, 0x80, 0x3F]
        }
        bytes[places[places.count / 2]] ^= 1
        let reader = try HDF5Reader(image: bytes, name: "flipped")
        let error = #expect(throws: HDF5Error.self) { try reader.array("/x", on: backend) }
        #expect(error?.description.contains("may be damaged") == true)
    }

    @Test("Shards link to each other from a file of links")
    func links() throws {
        let folder = try TemporaryFolder()
        let shard = try HDF5Shard()
        try shard.write(backend.array([Float(5)], [1]), to: "/act/x")
        try shard.write(to: folder.file("shard-0.h5"))
        let run = try HDF5Shard()
        try run.link("/shards/0", toFile: "shard-0.h5", object: "/")
        try run.write(to: folder.file("run.h5"))
        let reader = try HDF5Reader(inPlace: folder.file("run.h5"))
        #expect(
            try reader.nodes().last
                == HDF5Node(path: "/shards/0", content: .link(file: "shard-0.h5", object: "/")))
        #expect(try reader.array("/shards/0/act/x", on: backend).floats() == [5])
    }

    @Test("Nothing stays open, also after errors; a failed disk write leaves no file")
    func hygiene() async {
        await #expect(processExitsWith: .success) {
            let backend = ReferenceBackend()
            let folder = try TemporaryFolder()
            for index in 0..<50 {
                let shard = try HDF5Shard()
                try shard.write(Sample.array(.bool, on: backend), to: "/a", axes: ["x", "y"])
                try? shard.write(Sample.array(.bool, on: backend), to: "/a")
                try? shard.write(Sample.array(.bool, on: backend), to: "/a/b", axes: ["x"])
                if index % 2 == 0 {
                    let full = AtomicWriter(
                        fileSystem: FaultyFileSystem { _, call in
                            call == "write" ? .error(ENOSPC) : nil
                        })
                    let error = #expect(throws: FileError.self) {
                        try shard.write(to: folder.file("a.h5"), with: full)
                    }
                    #expect(error?.exitCode == 74)
                }
            }
            #expect(try SystemFileSystem().list(folder.path).isEmpty)
            #expect(HDF5Library.openHandleCount == 0)
        }
    }

    @Test("Many threads at once are served one after the other")
    func threads() async throws {
        let sums = try await withThrowingTaskGroup(of: Float.self) { group in
            for index in 0..<8 {
                group.addTask {
                    let backend = ReferenceBackend()
                    let shard = try HDF5Shard()
                    for row in 0..<20 {
                        try shard.append(
                            backend.array([Float(index * row)], [1]), to: "/a")
                    }
                    let reader = try HDF5Reader(image: shard.finish(), name: "s")
                    return try reader.array("/a", on: backend).floats().reduce(0, +)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums.sorted() == (0..<8).map { Float($0 * 190) })
    }
}
