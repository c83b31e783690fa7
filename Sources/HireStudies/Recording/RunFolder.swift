import HireFiles

/// A study's folder: what is finished, what may be reused, and where files go.
///
///     results.jsonl            journal: one line per finished variant
///     variants/<name>/         weights, training curve and predictions of one variant
///     shards/<name>.h5         captured features
///     run.h5                   links to the shards
///     table.{txt,md,tex,csv,json}
///     pictures/*.png
public struct RunFolder {
    /// Its path.
    public let path: String
    /// Where it lives.
    public let fileSystem: any FileSystem
    /// What is finished.
    public private(set) var journal: RunJournal

    /// Opens a folder; nothing is made until something is written.
    ///
    /// - Throws: `FileError`, also for a damaged journal.
    public init(_ path: String, fileSystem: any FileSystem = SystemFileSystem()) throws {
        self.path = path
        self.fileSystem = fileSystem
        journal = try RunJournal(FilePath.join(path, "results.jsonl"), fileSystem: fileSystem)
    }

    /// The path of a file in the folder; folders above it are made.
    public func file(_ name: String) throws -> String {
        let path = FilePath.join(self.path, name)
        try fileSystem.makeFolders(FilePath.folder(of: path))
        return path
    }

    /// The journal line of a finished variant with this configuration, or nil if it is not finished.
    ///
    /// - Throws: `StudyError.otherConfiguration` if the folder holds the variant with another configuration.
    public func finished(_ variant: String, _ configuration: Configuration) throws -> JSONObject? {
        guard let entry = journal.entries.last(where: { $0["variant"]?.stringValue == variant })
        else {
            return nil
        }
        if entry["configuration_sha256"]?.stringValue == (try configuration.digest()) {
            return entry
        }
        let before = Configuration(entry["configuration"]?.objectValue ?? JSONObject())
        throw StudyError.otherConfiguration(
            folder: path, variant: variant, differences: try configuration.differences(from: before)
        )
    }

    /// Whether every file that a line names is there with the content it had.
    public func isIntact(_ entry: JSONObject) throws -> Bool {
        for (name, digest) in entry["files"]?.objectValue?.members ?? [] {
            let path = FilePath.join(self.path, name)
            guard try fileSystem.exists(path),
                try SHA256.hex(ofFile: path, in: fileSystem) == digest.stringValue
            else { return false }
        }
        return true
    }

    /// Records a finished variant; its files must be on the disk already.
    public mutating func finish(
        _ variant: String, _ configuration: Configuration, result: JSONObject, files: [String]
    ) throws {
        var digests = JSONObject()
        for name in files.sorted() {
            digests[name] = .string(
                try SHA256.hex(ofFile: FilePath.join(path, name), in: fileSystem))
        }
        _ = try file("results.jsonl")
        try journal.append([
            "schema": "hire-results-1", "variant": .string(variant),
            "configuration_sha256": .string(try configuration.digest()),
            "configuration": .object(configuration.json), "result": .object(result),
            "files": .object(digests),
        ])
    }
}
