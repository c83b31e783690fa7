import HireArray
import HireFiles
import HireNN
import HireReference
import HireShapes
import HireTensor
import HireTestSupport
import Testing

@Suite("Safetensors files")
struct SafetensorsTests {
    private let backend = ReferenceBackend()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func everyType() throws -> StateDict {
        var state = StateDict()
        for dtype in DType.allCases {
            state["\(dtype)"] = try backend.random([3, 2], seed: 4, in: 0...5, dtype)
        }
        state["empty"] = try backend.array([Float](), [0, 4])
        state["scalar"] = try backend.array([Float(2.5)], [])
        state["strided"] = try backend.random([4, 6], seed: 6).transposed(0, 1)
        return state
    }

    @Test("Every dtype, empty tensors, scalars and strided views go round bit by bit")
    func roundTrip() throws {
        let path = folder.file("all.safetensors")
        let state = try everyType()
        try SafetensorsFile.write(state, to: path, metadata: ["b": "ü", "a": "1"])
        let file = try SafetensorsFile.read(path, backend: backend)
        #expect(file.metadata == ["a": "1", "b": "ü"])
        #expect(Set(file.names) == Set(state.names))
        for (name, array) in state {
            let back = try file.tensor(name)
            #expect(back.dtype == array.dtype && file.dtype(of: name) == array.dtype)
            #expect(file.shape(of: name) == array.shape)
            try expectClose(back, array, name)
        }
        let bytes = try SystemFileSystem().readAll(path)
        let headerLength = bytes[..<8].reversed().reduce(0) { $0 << 8 | Int($1) }
        #expect(headerLength % 8 == 0 && bytes[8] == UInt8(ascii: "{"))
        var reversed = StateDict()
        for name in state.names.reversed() { reversed[name] = state[name] }
        try SafetensorsFile.write(
            reversed, to: folder.file("again"), metadata: ["a": "1", "b": "ü"])
        #expect(try SystemFileSystem().readAll(folder.file("again")) == bytes)
    }

    @Test("What the format allows on purpose is read")
    func allowed() throws {
        let entry = SafetensorsBuilder.entry("w", "F32", "[1]", "0", "4")
        let header = " \n{\(entry),\"__metadata__\":{\"k\":\"v\"}}  \n"
        let path = try write(SafetensorsBuilder(header, data: [0, 0, 128, 63]).bytes)
        let file = try SafetensorsFile.read(path, backend: backend)
        #expect(try file.tensor("w").floats() == [1])
        #expect(file.metadata == ["k": "v"])
        let empty = try SafetensorsFile.read(
            try write(SafetensorsBuilder("{}").bytes), backend: backend)
        #expect(empty.names.isEmpty)
    }

    @Test("PyTorch's own files are read; types of no use are named when they are asked for")
    func foreign() throws {
        let golden = try SafetensorsFile.read(
            goldenPath("layers/linear.safetensors"), backend: backend)
        #expect(golden.metadata["origin"]?.hasPrefix("torch 2.") == true)
        let entries = [
            SafetensorsBuilder.entry("a", "I16", "[2]", "0", "4"),
            SafetensorsBuilder.entry("b", "F8_E4M3", "[1]", "4", "5"),
            SafetensorsBuilder.entry("c", "U8", "[1]", "5", "6"),
        ]
        let header = "{\(entries.joined(separator: ","))}"
        let path = try write(SafetensorsBuilder(header, data: [0, 0, 0, 0, 0, 9]).bytes)
        let file = try SafetensorsFile.read(path, backend: backend)
        #expect(try file.tensor("c").integers() == [9])
        #expect(message { _ = try file.tensor("a") }.contains("got I16"))
        #expect(message { _ = try file.tensor("d") }.contains("Unknown tensor 'd'"))
    }

    @Test(
        "Files that are wrong are refused with path, place and reason", arguments: MalformedFile.all
    )
    func malformed(_ file: MalformedFile) throws {
        let path = try write(file.bytes)
        let error = #expect(throws: FileError.self, "\(file.name)") {
            _ = try SafetensorsFile.read(path, backend: backend)
        }
        let text = "\(try #require(error))"
        #expect(
            text.contains(path) && text.contains("at byte \(file.offset)"), "\(file.name): \(text)")
        for part in file.parts { #expect(text.contains(part), "\(file.name): \(text)") }
        #expect(error?.category == .badData)
    }

    @Test("A file cut short anywhere is refused")
    func truncated() throws {
        let path = folder.file("whole")
        try SafetensorsFile.write(try everyType(), to: path)
        let bytes = try SystemFileSystem().readAll(path)
        for length in stride(from: 0, to: bytes.count, by: 7) {
            let cut = try write(Array(bytes[..<length]))
            #expect(throws: FileError.self, "\(length)") {
                _ = try SafetensorsFile.read(cut, backend: backend)
            }
        }
    }

    @Test("A bool that is neither 0 nor 1 is refused when it is read")
    func badBool() throws {
        let entry = SafetensorsBuilder.entry("mask", "BOOL", "[2]", "0", "2")
        let header = "{\(entry)}"
        let path = try write(SafetensorsBuilder(header, data: [1, 2]).bytes)
        let file = try SafetensorsFile.read(path, backend: backend)
        let text = message { _ = try file.tensor("mask") }
        #expect(text.contains("at byte \(8 + header.utf8.count + 1)") && text.contains("got 2"))
    }

    @Test("Missing files and folders are named")
    func missing() throws {
        let text = message {
            _ = try SafetensorsFile.read(folder.file("nowhere"), backend: backend)
        }
        #expect(text.contains("nowhere: there is no such file"))
        #expect(
            message { _ = try SafetensorsFile.read(folder.path, backend: backend) }.contains(
                "not a file"))
        #expect(
            message { _ = try WeightFolder.read(folder.path, backend: backend) }.contains(
                "model.safetensors.index.json"))
    }

    @Test("Writing that fails anywhere leaves the former file")
    func faults() throws {
        let path = folder.file("kept")
        var old = StateDict()
        old["w"] = try backend.array([Float(1)], [1])
        try SafetensorsFile.write(old, to: path)
        let before = try SystemFileSystem().readAll(path)
        let counting = FaultyFileSystem()
        try SafetensorsFile.write(old, to: folder.file("other"), fileSystem: counting)
        // The last call puts the folder on the disk; the new name is taken before it.
        for call in 0..<(counting.calls.count - 1) {
            let faulty = FaultyFileSystem(at: call, .error(28))
            var new = StateDict()
            new["w"] = try backend.array([Float(2)], [1])
            #expect(throws: FileError.self) {
                try SafetensorsFile.write(new, to: path, fileSystem: faulty)
            }
            #expect(try SystemFileSystem().readAll(path) == before)
            #expect(faulty.openFileCount == 0)
        }
    }

    @Test("A name the format reserves and arrays without values are not written")
    func unwritable() throws {
        var state = StateDict()
        state["__metadata__"] = try backend.array([Float(1)], [1])
        #expect(
            message { try SafetensorsFile.write(state, to: folder.file("x")) }.contains("reserves"))
        var shapes = StateDict()
        shapes["w"] = try ShapesBackend().allocate([2], .float32)
        #expect(
            message { try SafetensorsFile.write(shapes, to: folder.file("x")) }.contains(
                "values were asked for"))
        #expect(try !SystemFileSystem().exists(folder.file("x")))
    }

    @Test("Weights load straight from a file into a module")
    func loading() throws {
        let source = Tower(in: makeContext(seed: 1))
        let path = folder.file("model.safetensors")
        try SafetensorsFile.write(try source.stateDict(), to: path)
        let target = Tower(in: makeContext(seed: 2))
        let weights = try WeightFolder.read(folder.path, backend: backend)
        #expect(try target.load(weights).isComplete)
        for (name, array) in try target.stateDict() {
            try expectClose(array, try source.stateDict().tensor(name), name)
        }
    }

    private func write(_ bytes: [UInt8]) throws -> String {
        let path = folder.file("\(UInt64.random(in: .min ... .max)).safetensors")
        try AtomicWriter().write(bytes, to: path)
        return path
    }
}
