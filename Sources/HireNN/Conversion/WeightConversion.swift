import HireArray
import HireFiles

/// Copies weights of any source into safetensors files, one tensor in memory at a time.
///
/// Several tensors that share one storage in a PyTorch file (tied embeddings, views) become tensors of their own, each
/// written in full: the format has no sharing, and whoever loads the files finds every name. Values keep their bits unless
/// another dtype is asked for.
public struct WeightConversion {
    /// The dtype that floating-point tensors get; nil keeps what they have.
    ///
    /// Integers and booleans always keep theirs.
    public var dtype: DType?
    /// The most bytes of tensors in one file, of which a folder gets as many as it needs; a larger tensor gets its own.
    public var largestFile: Int
    /// Called with the path of each file before it is written.
    public var willWrite: (String) -> Void
    private let fileSystem: any FileSystem
    private let backend: any Backend

    /// What was written.
    public struct Summary: Sendable, Equatable {
        /// The files' names: one, or shards and last their index.
        public var files: [String]
        /// The number of tensors.
        public var tensors: Int
        /// The bytes of all tensors.
        public var byteCount: Int
    }

    /// A conversion.
    ///
    /// - Parameters:
    ///   - largestFile: in bytes; 5 GB as Hugging Face's `save_pretrained`.
    ///   - backend: converts dtypes.
    public init(
        dtype: DType? = nil, largestFile: Int = 5_000_000_000,
        fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend,
        willWrite: @escaping (String) -> Void = { _ in }
    ) {
        self.dtype = dtype
        self.largestFile = largestFile
        self.fileSystem = fileSystem
        self.backend = backend
        self.willWrite = willWrite
    }

    /// Writes all tensors into a folder: `STEM.safetensors`, or where that would be too large, shards
    /// `STEM-00001-of-00003.safetensors` and so on, and last `STEM.safetensors.index.json`.
    ///
    /// Each file is there whole or not at all, and without the index shards are not found, so a conversion that is broken off
    /// leaves no half model; where it fails, the shards that are there already are removed.
    ///
    /// - Throws: `FileError` for a tensor that cannot be read, what reading and writing meet; `ArrayError.memory`.
    @discardableResult
    public func write(
        _ source: some WeightSource, into folder: String, stem: String = "model"
    ) throws -> Summary {
        let items = try tensors(of: source, for: folder)
        let shards = try split(items)
        if shards.count == 1 {
            let path = FilePath.join(folder, stem + ".safetensors")
            return try write(items, to: path)
        }
        var names: [String] = []
        var map = JSONObject()
        do {
            for (index, shard) in shards.enumerated() {
                let name =
                    "\(stem)-\(padded(index + 1))-of-\(padded(shards.count)).safetensors"
                try writeFile(shard, to: FilePath.join(folder, name))
                names.append(name)
                for item in shard { map[item.name] = .string(name) }
            }
            let total = try byteCount(items)
            let sorted = JSONObject(
                map.members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
            let index: JSONValue = [
                "metadata": ["total_size": .integer(Int64(total))], "weight_map": .object(sorted),
            ]
            let name = stem + ".safetensors.index.json"
            let text = try JSONWriter(layout: .pretty).string(index)
            try AtomicWriter(fileSystem: fileSystem).write(text, to: FilePath.join(folder, name))
            return Summary(files: names + [name], tensors: items.count, byteCount: total)
        } catch {
            for name in names { try? fileSystem.removeFile(FilePath.join(folder, name)) }
            throw error
        }
    }

    /// Writes all tensors as one file, however large.
    @discardableResult
    public func write(_ source: some WeightSource, to path: String) throws -> Summary {
        try write(tensors(of: source, for: path), to: path)
    }

    private func write(_ items: [TensorToWrite], to path: String) throws -> Summary {
        try writeFile(items, to: path)
        return Summary(
            files: [FilePath.name(of: path)], tensors: items.count, byteCount: try byteCount(items))
    }

    private func writeFile(_ items: [TensorToWrite], to path: String) throws {
        willWrite(path)
        // transformers refuses files that do not say which framework's layout they follow.
        try SafetensorsFile.write(
            items, to: path, metadata: ["format": "pt"], fileSystem: fileSystem)
    }

    private func tensors(
        of source: some WeightSource, for target: String
    ) throws -> [TensorToWrite] {
        try source.names.map { name in
            guard let shape = source.shape(of: name), let stored = source.dtype(of: name) else {
                // Reading names the dtype and the place.
                _ = try source.tensor(name)
                throw FileError(
                    .badData, path: target, problem: "the tensor '\(name)' has no known dtype")
            }
            let wanted = stored.isFloatingPoint ? dtype ?? stored : stored
            return TensorToWrite(name: name, dtype: wanted, shape: shape) {
                let array = try source.tensor(name)
                if array.dtype == wanted { return array }
                let converted = try backend.allocate(shape, wanted)
                backend.copy(array, into: converted)
                return converted
            }
        }
    }

    /// Fills files in the source's order.
    private func split(_ items: [TensorToWrite]) throws -> [[TensorToWrite]] {
        var shards: [[TensorToWrite]] = [[]]
        var room = largestFile
        for item in items {
            let size = try NDArray.byteCount(item.shape, item.dtype)
            if size > room, !shards[shards.count - 1].isEmpty {
                shards.append([])
                room = largestFile
            }
            shards[shards.count - 1].append(item)
            room -= size
        }
        return shards
    }

    private func byteCount(_ items: [TensorToWrite]) throws -> Int {
        try items.reduce(0) { try $0 + NDArray.byteCount($1.shape, $1.dtype) }
    }

    private func padded(_ number: Int) -> String {
        let digits = "\(number)"
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }
}
