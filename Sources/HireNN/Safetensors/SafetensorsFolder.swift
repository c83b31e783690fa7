import HireArray
import HireFiles

/// Finds the weights of a model folder.
public enum SafetensorsFolder {
    /// The shards behind `model.safetensors.index.json`, or the file `model.safetensors`.
    ///
    /// - Throws: `FileError` if the folder has neither, or for what reading meets.
    public static func read(
        _ folder: String, fileSystem: any FileSystem = SystemFileSystem(), backend: any Backend
    ) throws -> any WeightSource {
        let index = FilePath.join(folder, "model.safetensors.index.json")
        if try fileSystem.exists(index) {
            return try ShardedSafetensors.read(index, fileSystem: fileSystem, backend: backend)
        }
        let single = FilePath.join(folder, "model.safetensors")
        guard try fileSystem.exists(single) else {
            throw FileError(
                .missingInput, path: folder, problem: "the folder holds no weights",
                expected: "model.safetensors or model.safetensors.index.json")
        }
        return try SafetensorsFile.read(single, fileSystem: fileSystem, backend: backend)
    }
}
