import Glibc
import HireFiles

/// Appends to the journal of one process: a file of its own, so that no two processes ever write to one.
///
/// The file is made by the first `append`. A line is on the disk before `append` returns.
public final class JournalWriter {
    private let folder: String
    private let fileSystem: any FileSystem
    private let process: ProcessIdentity
    private var path: String?
    private var sequence = 0

    /// A writer into a folder of journals, `journal/` of a run.
    public init(
        _ folder: String, fileSystem: any FileSystem = SystemFileSystem(),
        process: ProcessIdentity = .current
    ) {
        self.folder = folder
        self.fileSystem = fileSystem
        self.process = process
    }

    /// Appends a record, with its number, the time and this process filled in, and waits until it is on the disk.
    ///
    /// - Returns: the record as it was written.
    /// - Throws: `FileError`; no part of the line is then in the way of the next one.
    @discardableResult
    public func append(_ record: JournalRecord) throws -> JournalRecord {
        var record = record
        sequence += 1
        record.sequence = sequence
        record.utc = RunMetadata.now()
        record.host = process.host
        record.process = process.process
        let line = try JournalLine.encode(record.json())
        let path = try self.path ?? makeFile()
        self.path = path
        try fileSystem.withFile(path, for: .append) { file in
            let before = try fileSystem.status(path)?.byteCount ?? 0
            do {
                try line.withUnsafeBytes { try fileSystem.writeAll(file, $0) }
                try fileSystem.repeatingInterrupted { try fileSystem.synchronise(file) }
            } catch {
                // A full disk must not leave half a line in front of the next one.
                do {
                    try fileSystem.truncate(file, to: before)
                } catch {
                    self.path = nil
                }
                throw error
            }
        }
        return record
    }

    private func makeFile() throws -> String {
        try fileSystem.makeFolders(folder)
        let start = process.start.prefix { $0 != "@" }
        let name = "\(process.host)-\(process.process)-\(start)"
        var number = 1
        while true {
            let path = FilePath.join(
                folder, number == 1 ? "\(name).jsonl" : "\(name)-\(number).jsonl")
            do {
                let file = try fileSystem.repeatingInterrupted {
                    try fileSystem.open(path, for: .createNew)
                }
                try fileSystem.close(file)
                try fileSystem.synchroniseFolder(folder)
                return path
            } catch let error as FileError where error.errorNumber == EEXIST {
                number += 1
            }
        }
    }
}
