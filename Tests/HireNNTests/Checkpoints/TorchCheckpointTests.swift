import HireArray
import HireFiles
import HireFuzzing
import HireNN
import HireReference
import HireShapes
import HireTestSupport
import Testing

@Suite("PyTorch files")
struct TorchCheckpointTests {
    private let backend = ReferenceBackend()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ bytes: [UInt8]) throws -> String {
        let path = folder.file("\(UInt64.random(in: .min ... .max)).bin")
        try AtomicWriter().write(bytes, to: path)
        return path
    }

    private func expectSame(_ source: some WeightSource, _ golden: String) throws {
        let expected = try SafetensorsFile.read(
            goldenPath("checkpoints/\(golden).safetensors"), backend: backend)
        for name in expected.names {
            let want = try expected.tensor(name)
            let got = try source.tensor(name)
            #expect(got.isContiguous && source.dtype(of: name) == want.dtype, "\(name)")
            #expect(got.dtype == want.dtype && got.shape == want.shape, "\(name)")
            #expect(source.shape(of: name) == want.shape)
            #expect(try bits(got) == bits(want), "\(name)")
        }
    }

    private func bits(_ array: NDArray) throws -> [UInt8] {
        guard let memory = array.storage.pointer else { return [] }
        return Array(UnsafeRawBufferPointer(start: memory, count: array.byteCount))
    }

    @Test(
        "Bits equal PyTorch's: types, shared and strided views, parameters, nested dictionaries",
        arguments: ["types", "views", "nested", "protocol4"])
    func matchesPyTorch(_ name: String) throws {
        let file = try TorchCheckpoint.read(
            goldenPath("checkpoints/\(name).bin"), backend: backend)
        try expectSame(file, name)
        let expected = try SafetensorsFile.read(
            goldenPath("checkpoints/\(name).safetensors"), backend: backend)
        let unread = Set(file.names).subtracting(expected.names)
        #expect(unread == (name == "types" ? ["int16", "int8"] : []))
    }

    @Test("What is no tensor is listed, and types of no use are named when they are asked for")
    func others() throws {
        let nested = try TorchCheckpoint.read(
            goldenPath("checkpoints/nested.bin"), backend: backend)
        #expect(
            nested.otherNames == [
                "epoch", "rate", "size", "name", "flag", "nothing", "big", "hyper",
                "optimizer.param_groups.0.lr", "optimizer.param_groups.0.params",
            ])
        #expect(nested.names.contains("optimizer.state.0.step"))
        let types = try TorchCheckpoint.read(goldenPath("checkpoints/types.bin"), backend: backend)
        #expect(types.dtype(of: "int16") == nil && types.shape(of: "int16") == [7])
        #expect(message { _ = try types.tensor("int16") }.contains("got ShortStorage"))
        #expect(message { _ = try types.tensor("flaot32") }.contains("'float32'"))
        let shapes = try TorchCheckpoint.read(
            goldenPath("checkpoints/views.bin"), backend: ShapesBackend())
        #expect(try shapes.tensor("transposed").shape == [5, 6, 4])
    }

    @Test("Shards beside an index, and folders of either kind")
    func folders() throws {
        let sharded = goldenPath("checkpoints/sharded")
        let weights = try WeightFolder.read(sharded, allowsPickle: true, backend: backend)
        #expect(weights.names.count == 5)
        try expectSame(weights, "sharded")
        #expect(
            message { _ = try WeightFolder.read(sharded, backend: backend) }.contains(
                "the folder holds PyTorch pickles only (pytorch_model.bin); add --allow-bin, or convert once with "
                    + "`hire convert`"))
        #expect(
            message {
                _ = try WeightFolder.read(sharded, stems: ["adapter_model"], backend: backend)
            }.contains("adapter_model.safetensors"))
        let adapter = folder.file("adapter_model.bin")
        try AtomicWriter().write(PickleBuilder.file(PickleBuilder.good), to: adapter)
        let found = try WeightFolder.read(
            folder.path, stems: ["model", "adapter_model"], allowsPickle: true, backend: backend)
        #expect(try found.tensor("w").floats() == [1, 2])
        #expect(
            message { _ = try WeightFolder.open(adapter, backend: backend) }.contains("--allow-bin")
        )
        #expect(
            try WeightFolder.open(adapter, allowsPickle: true, backend: backend).names == ["w"])
    }

    @Test("Old files and pickled models say what to do")
    func refusedKinds() throws {
        func refusal(_ name: String) -> String {
            message {
                _ = try TorchCheckpoint.read(
                    goldenPath("checkpoints/\(name).bin"), backend: backend)
            }
        }
        #expect(refusal("legacy").contains("before version 1.6"))
        #expect(
            refusal("module").contains("'torch.nn.modules.container.Sequential'"),
            "\(refusal("module"))")
        #expect(
            message { _ = try TorchCheckpoint.read(folder.file("none"), backend: backend) }
                .contains("no such file"))
    }

    @Test(
        "Hostile files are refused with path, place and reason", arguments: HostileCheckpoint.all)
    func hostile(_ file: HostileCheckpoint) throws {
        let path = try write(file.bytes)
        let error = #expect(throws: FileError.self, "\(file.name)") {
            _ = try TorchCheckpoint.read(path, backend: backend)
        }
        let text = "\(try #require(error))"
        #expect(text.hasPrefix(path) && error?.category == .badData, "\(file.name): \(text)")
        for part in file.parts { #expect(text.contains(part), "\(file.name): \(text)") }
    }

    @Test(
        "Twenty thousand tensors with the shortest names, written as PyTorch writes them, are read")
    func many() throws {
        var pickle = PickleBuilder()
        var memo = 0
        func remember() {
            pickle.raw([UInt8(ascii: "r")] + ZipBuilder.little(memo, 4))
            memo += 1
        }
        let recall = { (index: UInt8) in [UInt8(ascii: "h"), index] }
        // What PyTorch writes once and recalls for every tensor, here as items of no tensors.
        pickle.op("}")
        for value in 0..<5 {
            pickle.integer(value)
            switch value {
            case 0: pickle.text("storage")
            case 1: pickle.global("torch", "FloatStorage")
            case 2: pickle.text("cpu")
            case 3: pickle.global("torch._utils", "_rebuild_tensor_v2")
            default: pickle.global("collections", "OrderedDict")
            }
            remember()
            pickle.op("s")
        }
        let count = 20_000
        for index in 0..<count {
            pickle.text("\(index)x")
            remember()
            pickle.raw(recall(3) + Array("((".utf8) + recall(0) + recall(1))
            pickle.text("0")
            remember()
            pickle.raw(recall(2) + [UInt8(ascii: "K"), 2] + Array("t".utf8))
            remember()
            pickle.raw(Array("QK\0K\u{1}K\u{2}".utf8) + [0x86])
            remember()
            pickle.raw(Array("K\u{2}K\u{1}".utf8) + [0x86])
            remember()
            pickle.raw([0x89] + recall(4) + Array(")R".utf8))
            remember()
            pickle.op("t")
            remember()
            pickle.op("R")
            remember()
            pickle.op("s")
        }
        pickle.op(".")
        let file = try TorchCheckpoint.read(
            write(PickleBuilder.file(pickle.bytes)), backend: backend)
        #expect(file.names.count == count && file.shape(of: "19999x") == [1, 2])
        #expect(try file.tensor("19999x").floats() == [1, 2])
    }

    @Test("A file cut short anywhere is refused")
    func truncated() throws {
        let bytes = try SystemFileSystem().readAll(goldenPath("checkpoints/views.bin"))
        for length in stride(from: 0, to: bytes.count, by: 13) {
            let cut = try write(Array(bytes[..<length]))
            #expect(throws: FileError.self, "\(length)") {
                _ = try TorchCheckpoint.read(cut, backend: backend)
            }
        }
        let whole = PickleBuilder.file(PickleBuilder.good)
        for length in 0..<PickleBuilder.good.count {
            let cut = try write(PickleBuilder.file(Array(PickleBuilder.good[..<length])))
            #expect(throws: FileError.self, "\(length)") {
                _ = try TorchCheckpoint.read(cut, backend: backend)
            }
        }
        _ = try TorchCheckpoint.read(write(whole), backend: backend)
    }

    @Test("A bool that is neither 0 nor 1 is refused when it is read; failing disks are errors")
    func reading() throws {
        let pickle = PickleBuilder.item {
            $0.tensor(count: 2, shape: [2], strides: [1], storageClass: "BoolStorage")
        }
        let file = try TorchCheckpoint.read(
            write(PickleBuilder.file(pickle, data: [1, 2])), backend: backend)
        #expect(message { _ = try file.tensor("w") }.contains("got 2"))
        let path = try write(PickleBuilder.file(PickleBuilder.good))
        let counting = FaultyFileSystem()
        let read = { (disk: FaultyFileSystem) in
            try TorchCheckpoint.read(path, fileSystem: disk, backend: backend).tensor("w")
        }
        _ = try read(counting)
        for call in counting.calls.indices {
            let faulty = FaultyFileSystem(at: call, .error(5))
            #expect(throws: FileError.self, "\(call)") { _ = try read(faulty) }
            #expect(faulty.openFileCount == 0)
        }
    }
}
