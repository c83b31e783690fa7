import HireArray
import HireFiles
import HireNN
import HireReference
import HireTestSupport
import Testing

@Suite("Converting weights")
struct WeightConversionTests {
    private let backend = ReferenceBackend()
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var sharded: any WeightSource {
        get throws {
            try WeightFolder.read(
                goldenPath("checkpoints/sharded"), allowsPickle: true, backend: backend)
        }
    }

    private func expectSame(_ got: some WeightSource, _ want: some WeightSource) throws {
        #expect(Set(got.names) == Set(want.names))
        for name in want.names {
            let (a, b) = (try got.tensor(name), try want.tensor(name))
            #expect(a.dtype == b.dtype && a.shape == b.shape)
            try expectClose(a, b, name)
        }
    }

    @Test("One file where it fits, shards and an index where it does not; the same tensors")
    func sharding() throws {
        let want = try SafetensorsFile.read(
            goldenPath("checkpoints/sharded.safetensors"), backend: backend)
        let one = try WeightConversion(backend: backend).write(sharded, into: folder.path)
        #expect(one.files == ["model.safetensors"] && one.tensors == 5 && one.byteCount == 160)
        try expectSame(WeightFolder.read(folder.path, backend: backend), want)
        try SystemFileSystem().removeFile(folder.file("model.safetensors"))

        let many = try WeightConversion(largestFile: 64, backend: backend).write(
            sharded, into: folder.path)
        #expect(
            many.files == [
                "model-00001-of-00003.safetensors", "model-00002-of-00003.safetensors",
                "model-00003-of-00003.safetensors", "model.safetensors.index.json",
            ])
        #expect(try SystemFileSystem().list(folder.path) == many.files.sorted())
        try expectSame(WeightFolder.read(folder.path, backend: backend), want)
        let first = try SafetensorsFile.read(folder.file(many.files[0]), backend: backend)
        #expect(first.metadata == ["format": "pt"])
    }

    @Test("Floating-point tensors take another dtype, rounded as PyTorch; integers keep theirs")
    func dtypes() throws {
        let nested = try TorchCheckpoint.read(
            goldenPath("checkpoints/nested.bin"), backend: backend)
        let path = folder.file("x.safetensors")
        try WeightConversion(dtype: .bfloat16, backend: backend).write(nested, to: path)
        let file = try SafetensorsFile.read(path, backend: backend)
        for name in nested.names {
            let stored = try nested.tensor(name)
            let got = try file.tensor(name)
            #expect(got.dtype == (stored.dtype.isFloatingPoint ? .bfloat16 : stored.dtype))
            #expect(
                try got.floats()
                    == stored.floats().map {
                        stored.dtype.isFloatingPoint ? BFloat16($0).floatValue : $0
                    })
        }
        #expect(file.dtype(of: "state_dict.1.num_batches_tracked") == .int64)
    }

    @Test("A conversion that fails leaves nothing behind")
    func failure() throws {
        let source = try sharded
        let conversion = { (disk: any FileSystem) in
            try WeightConversion(largestFile: 64, fileSystem: disk, backend: backend).write(
                source, into: folder.path)
        }
        let counting = FaultyFileSystem()
        _ = try conversion(counting)
        for name in try SystemFileSystem().list(folder.path) {
            try SystemFileSystem().removeFile(folder.file(name))
        }
        // Every call but the last rename and what follows it, after which the model is whole.
        let last = try #require(counting.calls.lastIndex(of: "rename"))
        for call in 0..<last where counting.calls[call] != "removeFile" {
            let faulty = FaultyFileSystem(at: call, .error(28))
            #expect(throws: FileError.self, "\(call)") { _ = try conversion(faulty) }
            let left = try SystemFileSystem().list(folder.path)
            #expect(
                left.allSatisfy { counting.calls[call] == "synchroniseFolder" || $0.isEmpty },
                "\(call): \(left)")
            for name in left { try SystemFileSystem().removeFile(folder.file(name)) }
        }
        let types = try TorchCheckpoint.read(goldenPath("checkpoints/types.bin"), backend: backend)
        #expect(
            message { _ = try WeightConversion(backend: backend).write(types, into: folder.path) }
                .contains("got ShortStorage"))
        #expect(try SystemFileSystem().list(folder.path).isEmpty)
    }

    @Test("A tensor that is not what was announced stops the writing")
    func changedTensor() throws {
        let path = folder.file("x.safetensors")
        let item = TensorToWrite(name: "w", dtype: .float32, shape: [2]) {
            try backend.array([Float(1)], [1])
        }
        #expect(message { try SafetensorsFile.write([item], to: path) }.contains("'w' changed"))
        #expect(
            message { try SafetensorsFile.write([item, item], to: path) }.contains("two tensors"))
        #expect(try !SystemFileSystem().exists(path))
    }

    @Test("What describes a model is copied, its weights and programs are not")
    func description() throws {
        let source = try TemporaryFolder()
        for (name, text) in [
            (
                "config.json",
                #"{"torch_dtype": "float16", "eps": 1e-06, "text_config": {"dtype": "float16"}}"#
            ),
            ("tokenizer.model", "x"), ("merges.txt", "a b"), ("pytorch_model.bin", "x"),
            ("pytorch_model.bin.index.json", "{}"), ("modeling.py", "import os"), (".hidden", "x"),
        ] { try AtomicWriter().write(text, to: source.file(name)) }
        let summary = try ModelFolderCopy.copy(
            from: source.path, to: folder.path, dtype: .bfloat16)
        #expect(summary.copied == ["config.json", "merges.txt", "tokenizer.model"])
        #expect(
            summary.left == ["modeling.py", "pytorch_model.bin", "pytorch_model.bin.index.json"])
        let config = try JSONParser.read(folder.file("config.json"))
        #expect(config["torch_dtype"] == "bfloat16" && config["eps"] == 1e-06)
        #expect(config["text_config"]?["dtype"] == "bfloat16")
        _ = try ModelFolderCopy.copy(from: source.path, to: folder.path)
        #expect(
            try SystemFileSystem().readAll(folder.file("config.json"))
                == SystemFileSystem().readAll(source.file("config.json")))
    }
}
