import HireArray
import HireFiles

/// A model in several files, found through an index such as `model.safetensors.index.json`.
public struct ShardedWeights<File: WeightFile>: WeightSource {
    /// Where the index lies.
    public let path: String
    /// All tensors' names: shard by shard in the order of the shards' names.
    public let names: [String]
    private let shards: [String: File]
    private let shardOfName: [String: String]

    /// Opens an index and all its shards, and checks that they agree.
    ///
    /// Shards must be plain file names beside the index, every tensor must lie in exactly the shard the index says, and
    /// `total_size`, where the index has one, must be the bytes of all tensors.
    ///
    /// - Parameter open: opens the shard at a path.
    /// - Throws: `FileError`, `JSONError`, and what `open` throws.
    public static func read(
        _ path: String, fileSystem: any FileSystem = SystemFileSystem(),
        open: (String) throws -> File
    ) throws -> ShardedWeights {
        let limits = JSONLimits(depth: 8, byteCount: 100_000_000, values: 5_000_000)
        let value = try JSONParser.read(path, in: fileSystem, limits: limits)
        guard let index = value.objectValue else {
            throw FileError.badData(
                path, "the index does not fit", expected: "a JSON object", got: value.kindName)
        }
        let map = try index.requireObject("weight_map", source: path)
        var shardOfName: [String: String] = [:]
        for (name, value) in map.members {
            guard let file = value.stringValue else {
                throw FileError.badData(
                    path, "the shard of '\(name)' does not fit", expected: "a string",
                    got: value.kindName)
            }
            guard FilePath.isPlainName(file) else {
                throw FileError.badData(
                    path, "the shard of '\(name)' does not lie beside the index",
                    expected: "a plain file name", got: "'\(file)'")
            }
            shardOfName[name] = file
        }
        let folder = FilePath.folder(of: path)
        var shards: [String: File] = [:]
        for file in Set(shardOfName.values).sorted() {
            shards[file] = try open(FilePath.join(folder, file))
        }
        let sharded = ShardedWeights(
            path: path, names: shards.sorted { $0.key < $1.key }.flatMap(\.value.names),
            shards: shards, shardOfName: shardOfName)
        try sharded.check(totalSize: index["metadata"]?["total_size"])
        return sharded
    }

    private func check(totalSize: JSONValue?) throws {
        for (name, file) in shardOfName.sorted(by: { $0.key < $1.key })
        where shards[file]?.shape(of: name) == nil {
            throw FileError.badData(
                path, "the tensor '\(name)' is missing", expected: "it in the shard '\(file)'")
        }
        for (file, shard) in shards.sorted(by: { $0.key < $1.key }) {
            for name in shard.names where shardOfName[name] != file {
                throw FileError.badData(
                    shard.path, "the tensor '\(name)' does not belong here",
                    expected: shardOfName[name].map { "it in the shard '\($0)' only" }
                        ?? "only tensors that the index lists")
            }
        }
        guard let totalSize else { return }
        let totals = shards.values.map(\.byteTotals)
        let ways = (0..<(totals.first?.count ?? 0)).map { way in
            totals.reduce(0) { $0 + $1[way] }
        }
        // Some writers store the size as a number with a fraction of zero.
        guard ways.contains(where: { totalSize.doubleValue == Double($0) }) else {
            throw FileError.badData(
                path, "total_size does not fit the shards",
                expected: "\(ways.first ?? 0) bytes",
                got: totalSize.doubleValue.map { "\($0)" } ?? totalSize.kindName)
        }
    }

    /// The shape of a tensor, without reading it.
    public func shape(of name: String) -> Shape? {
        shardOfName[name].flatMap { shards[$0]?.shape(of: name) }
    }

    /// The dtype of a tensor, without reading it; nil if there is none, or of a type this toolkit does not read.
    public func dtype(of name: String) -> DType? {
        shardOfName[name].flatMap { shards[$0]?.dtype(of: name) }
    }

    /// Reads a tensor in its stored dtype.
    ///
    /// - Throws: `FileError` with the nearest names for an unknown name, or for what reading meets.
    public func tensor(_ name: String) throws -> NDArray {
        guard let shard = shardOfName[name].flatMap({ shards[$0] }) else {
            throw FileError.badData(
                path, NearestNames.sentence(kind: "tensor", name: name, among: names, shown: 8))
        }
        return try shard.tensor(name)
    }
}

/// A model in several safetensors files.
public typealias ShardedSafetensors = ShardedWeights<SafetensorsFile>

extension ShardedWeights where File == SafetensorsFile {
    /// Opens an index and all its safetensors files, and checks that they agree.
    ///
    /// - Throws: `FileError`, `JSONError`.
    public static func read(
        _ path: String, access: WeightAccess = .read,
        fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> ShardedSafetensors {
        try read(path, fileSystem: fileSystem) {
            try SafetensorsFile.read($0, access: access, fileSystem: fileSystem, backend: backend)
        }
    }
}

extension ShardedWeights where File == TorchCheckpoint {
    /// Opens an index and all its PyTorch files, and checks that they agree.
    ///
    /// - Throws: `FileError`, `JSONError`.
    public static func read(
        _ path: String, fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> ShardedWeights<TorchCheckpoint> {
        try read(path, fileSystem: fileSystem) {
            try TorchCheckpoint.read($0, fileSystem: fileSystem, backend: backend)
        }
    }
}
