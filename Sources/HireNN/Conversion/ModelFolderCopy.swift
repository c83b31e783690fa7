import HireArray
import HireFiles

/// Copies what a model folder holds beside its weights: configuration, tokenizer, templates, licence.
public enum ModelFolderCopy {
    /// What was copied and what was left.
    public struct Summary: Sendable, Equatable {
        /// Names of the files that were copied.
        public var copied: [String]
        /// Names of the files and folders that were not.
        public var left: [String]
    }

    private static let endings: Set<String> = [
        "json", "txt", "md", "model", "jinja", "tiktoken", "",
    ]
    private static let largestFile = 256 << 20

    /// Copies the files that describe a model; weights, their indexes and programs are left.
    ///
    /// - Parameter dtype: what `config.json` shall say where it states a dtype, or nil to copy it as it is.
    /// - Throws: `FileError`; `JSONError` if a dtype is given and `config.json` is no JSON.
    public static func copy(
        from source: String, to target: String, dtype: DType? = nil,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> Summary {
        var summary = Summary(copied: [], left: [])
        let writer = AtomicWriter(fileSystem: fileSystem)
        for name in try fileSystem.list(source) where !name.hasPrefix(".") {
            let path = FilePath.join(source, name)
            let describes =
                endings.contains(FilePath.fileExtension(of: name))
                && !name.hasSuffix(".index.json")
            guard describes, try fileSystem.status(path)?.kind == .file else {
                summary.left.append(name)
                continue
            }
            var bytes = try fileSystem.readAll(path, limit: largestFile)
            if let dtype, name == "config.json" {
                let value = restated(try JSONParser.parse(bytes, source: path), dtype)
                bytes = Array(try JSONWriter(layout: .pretty).string(value).utf8)
            }
            try writer.write(bytes, to: FilePath.join(target, name))
            summary.copied.append(name)
        }
        return summary
    }

    /// The value with another name wherever it states the dtype of a model or of one of its parts.
    private static func restated(_ value: JSONValue, _ dtype: DType) -> JSONValue {
        guard var object = value.objectValue else { return value }
        for (key, member) in object.members {
            let states = (key == "torch_dtype" || key == "dtype") && member.stringValue != nil
            object[key] = states ? .string(dtype.rawValue) : restated(member, dtype)
        }
        return .object(object)
    }
}
