import HireFiles

/// A run's folder: where it is, and where things stand in it.
///
///     study.json                       what has to be done (`RunManifest`)
///     script.lua                       the script as it was run
///     provenance/                      where and with what it was run
///     journal/<process>.jsonl          what each process did (`RunJournal`)
///     leases/<item id>.json            who works on what (`RunLease`)
///     items/<label>.<id>/              the files of one item
///     run.h5                           links to captured features
///     table.{txt,md,tex,csv,json}, pictures/, report.html
///
/// Making one touches nothing; `contents()` reads what is there.
public struct RunFolder: Sendable {
    /// Its path.
    public let path: String
    /// Where it lives.
    public let fileSystem: any FileSystem
    /// With what it is being run, for the files that are written; nil where nobody gathered it.
    public var provenance: Provenance?

    /// While an item is worked on: its folder, and the one where its files stand until it is done.
    private var attempt: (item: String, place: String)?

    /// A folder, whether it exists or not.
    public init(_ path: String, fileSystem: any FileSystem = SystemFileSystem()) {
        self.path = path
        self.fileSystem = fileSystem
    }

    /// The path of something in the folder.
    public func location(_ name: String) -> String {
        if let attempt, name == attempt.item || name.hasPrefix(attempt.item + "/") {
            return FilePath.join(path, attempt.place + name.dropFirst(attempt.item.count))
        }
        return FilePath.join(path, name)
    }

    /// The same folder for one attempt at an item: names of the item's files lead to a folder that no other attempt has.
    func attempting(_ item: StudyItem, in place: String) -> RunFolder {
        var folder = self
        folder.attempt = (item.folder, place)
        return folder
    }

    /// Where training stands while an item is unfinished: the one file that outlives an attempt.
    func checkpoint(of item: StudyItem) -> String {
        FilePath.join(path, "\(item.folder)/\(RunFolder.checkpointName)")
    }

    /// The path of a file in the folder that is about to be written; folders above it are made.
    public func file(_ name: String) throws -> String {
        let path = location(name)
        try fileSystem.makeFolders(FilePath.folder(of: path))
        return path
    }

    /// The manifest, or nil where there is none yet.
    ///
    /// - Throws: `FileError` for a file that cannot be read, does not fit, or is not byte for byte as it was written.
    public func manifest() throws -> RunManifest? {
        let path = location(RunManifest.fileName)
        guard try fileSystem.exists(path) else { return nil }
        let manifest = try RunManifest(JSONParser.readObject(path, in: fileSystem), source: path)
        guard try fileSystem.readAll(path) == Array(manifest.text().utf8) else {
            throw FileError.badData(
                path,
                "spaces or the order of keys are not as they were written; the file was changed by hand"
            )
        }
        return manifest
    }

    /// Whether `script.lua` is the script that the manifest names; true where it names none.
    public func holdsScript(of manifest: RunManifest) throws -> Bool {
        guard let script = manifest.script else { return true }
        let path = location(RunFolder.scriptName)
        guard try fileSystem.status(path)?.kind == .file else { return false }
        return try SHA256.hex(ofFile: path, in: fileSystem) == script.textSHA256
    }

    /// The script as it was run.
    public static let scriptName = "script.lua"

    /// What all processes have written down.
    ///
    /// - Throws: `FileError` naming file and line of what is damaged.
    public func journal() throws -> RunJournal {
        try RunJournal(location(RunJournal.folderName), fileSystem: fileSystem)
    }

    /// Everything that is known about the run at this moment.
    ///
    /// - Throws: `FileError`; of the kind `missingInput` if the folder holds no run.
    public func contents() throws -> RunContents {
        guard let manifest = try manifest() else {
            let old = try fileSystem.exists(location("results.jsonl"))
            throw FileError(
                .missingInput, path: location(RunManifest.fileName),
                problem: "the folder holds no run",
                got: old
                    ? "results of an older version of the toolkit, which only that version reads"
                    : nil)
        }
        return try RunContents(self, manifest)
    }

    /// Names of all files beneath a folder of the run, relative to the run's, sorted; none if there is no such folder.
    ///
    /// A symbolic link is an entry, wherever it leads; only the run's own folders, such as `items`, may be links themselves.
    public func files(beneath name: String) throws -> [String] {
        guard let status = try fileSystem.linkStatus(location(name)) else { return [] }
        if status.kind == .link, name.contains("/") { return [name] }
        guard try fileSystem.status(location(name))?.kind == .folder else { return [] }
        var found: [String] = []
        for entry in try fileSystem.list(location(name)) {
            let inner = "\(name)/\(entry)"
            if try fileSystem.linkStatus(location(inner))?.kind == .folder {
                found += try files(beneath: inner)
            } else {
                found.append(inner)
            }
        }
        return found
    }

    /// Removes a file, a link (never what it leads to), or a folder with all in it.
    ///
    /// - Parameter kept: a file that stays, with the folders that hold it.
    func remove(_ name: String, keeping kept: String? = nil) throws {
        if name == kept { return }
        guard let status = try fileSystem.linkStatus(location(name)) else { return }
        guard status.kind == .folder else { return try fileSystem.removeFile(location(name)) }
        for entry in try fileSystem.list(location(name)) {
            try remove("\(name)/\(entry)", keeping: kept)
        }
        if kept?.hasPrefix(name + "/") == true { return }
        try fileSystem.removeFolder(location(name))
    }

    static let checkpointName = "checkpoint.safetensors"
}
