import HireArray
import HireFiles

/// Finds the weights of a model folder, in either format.
public enum WeightFolder {
    /// The weights of a folder: safetensors where there are any, else, with permission, PyTorch's pickles.
    ///
    /// Looked for in this order, for each stem: `STEM.safetensors.index.json` with its shards, `STEM.safetensors`; then
    /// `STEM.bin.index.json`, `STEM.bin`. The pickles of the stem `model` are called `pytorch_model`.
    ///
    /// - Parameters:
    ///   - stems: names of files without their ending, such as `adapter_model` or `mm_projector`.
    ///   - allowsPickle: whether `.bin` files are read (see `TorchCheckpoint`).
    ///   - access: how the numbers of safetensors files come into memory.
    /// - Throws: `FileError` if the folder has none, or for what reading meets; `JSONError`.
    public static func read(
        _ folder: String, stems: [String] = ["model"], allowsPickle: Bool = false,
        access: WeightAccess = .read, fileSystem: any FileSystem = SystemFileSystem(),
        backend: any Backend
    ) throws -> any WeightSource {
        let kinds = [stems.map { $0 + ".safetensors" }, stems.map(pickleName)]
        for name in kinds.joined() {
            let single = FilePath.join(folder, name)
            let index = single + ".index.json"
            let isSharded = try fileSystem.exists(index)
            guard try isSharded || fileSystem.exists(single) else { continue }
            if name.hasSuffix(".safetensors") {
                return isSharded
                    ? try ShardedSafetensors.read(
                        index, access: access, fileSystem: fileSystem, backend: backend)
                    : try SafetensorsFile.read(
                        single, access: access, fileSystem: fileSystem, backend: backend)
            }
            guard allowsPickle else {
                throw FileError(
                    .badData, path: folder,
                    problem:
                        "the folder holds PyTorch pickles only (\(name)); add --allow-bin, or convert once "
                        + "with `hire convert`")
            }
            return isSharded
                ? try ShardedWeights<TorchCheckpoint>.read(
                    index, fileSystem: fileSystem, backend: backend)
                : try TorchCheckpoint.read(single, fileSystem: fileSystem, backend: backend)
        }
        throw FileError(
            .missingInput, path: folder, problem: "the folder holds no weights",
            expected: kinds.joined().flatMap { [$0, $0 + ".index.json"] }.joined(separator: ", "))
    }

    /// The weights in a file of either format, told by its contents.
    ///
    /// - Throws: `FileError`, also for a PyTorch file without permission.
    public static func open(
        _ path: String, allowsPickle: Bool = false, access: WeightAccess = .read,
        fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> any WeightSource {
        guard try TorchArchive.looksLikePickle(path, fileSystem) else {
            return try SafetensorsFile.read(
                path, access: access, fileSystem: fileSystem, backend: backend)
        }
        guard allowsPickle else {
            throw FileError.badData(
                path,
                "this is a PyTorch pickle; add --allow-bin, or convert once with `hire convert`")
        }
        return try TorchCheckpoint.read(path, fileSystem: fileSystem, backend: backend)
    }

    private static func pickleName(_ stem: String) -> String {
        stem == "model" ? "pytorch_model.bin" : stem + ".bin"
    }
}
