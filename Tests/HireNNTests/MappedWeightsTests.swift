import HireArray
import HireFiles
import HireNN
import HireReference
import HireShapes
import HireTestSupport
import Testing

@Suite("Mapped weights")
struct MappedWeightsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func state(_ backend: some Backend) throws -> StateDict {
        var state = StateDict()
        for dtype in DType.allCases {
            state["\(dtype)"] = try backend.random([3, 5], seed: 4, in: 0...2, dtype)
        }
        state["empty"] = try backend.array([Float](), [0])
        return state
    }

    @Test("Mapped numbers equal read ones, and no ledger counts them")
    func equal() throws {
        let path = folder.file("a.safetensors")
        try SafetensorsFile.write(state(ReferenceBackend()), to: path)
        let backend = ReferenceBackend()
        let mapped = try SafetensorsFile.read(path, access: .map, backend: backend)
        let arrays = try mapped.names.map { ($0, try mapped.tensor($0)) }
        #expect(backend.ledger.liveBytes == 0)
        let read = try SafetensorsFile.read(path, backend: ReferenceBackend())
        // The mapping outlives the file's name.
        try SystemFileSystem().removeFile(path)
        for (name, array) in arrays where name != "empty" {
            #expect(array.dtype == read.dtype(of: name))
        }
        try SafetensorsFile.write(state(ReferenceBackend()), to: path)
        for (name, array) in arrays { try expectClose(array, try read.tensor(name), name) }
    }

    @Test("Writing to a mapped array changes neither the file nor what is read from it")
    func privateCopy() throws {
        let path = folder.file("a.safetensors")
        let backend = ReferenceBackend()
        try SafetensorsFile.write(state(backend), to: path)
        let before = try SystemFileSystem().readAll(path)
        let mapped = try SafetensorsFile.read(path, access: .map, backend: backend)
        backend.fill(try mapped.tensor("float32"), 9)
        #expect(try SystemFileSystem().readAll(path) == before)
    }

    @Test("Misaligned tensors are copied; other disks and shapes-only runs do not map")
    func fallbacks() throws {
        let path = folder.file("a.safetensors")
        let entries = [
            SafetensorsBuilder.entry("b", "U8", "[1]", "0", "1"),
            SafetensorsBuilder.entry("w", "F32", "[1]", "1", "5"),
        ]
        var header = "{\(entries.joined(separator: ","))}"
        while header.utf8.count % 8 != 0 { header += " " }
        let bytes = SafetensorsBuilder(header, data: [7, 0, 0, 128, 63]).bytes
        try AtomicWriter().write(bytes, to: path)
        let backend = ReferenceBackend()
        let file = try SafetensorsFile.read(path, access: .map, backend: backend)
        let word = try file.tensor("w")
        #expect(try word.floats() == [1] && backend.ledger.liveBytes == 4)
        #expect(try file.tensor("b").integers() == [7])
        let shapes = try SafetensorsFile.read(path, access: .map, backend: ShapesBackend())
        #expect(try !shapes.tensor("b").hasValues)
        let refusing = FaultyFileSystem { _, call in call == "map" ? .error(12) : nil }
        #expect(
            message {
                _ = try SafetensorsFile.read(
                    path, access: .map, fileSystem: refusing, backend: backend)
            }.contains("injected failure of map"))
        #expect(refusing.openFileCount == 0)
    }
}
