import HireFiles

/// What all processes have written down about a run: every line of every file in `journal/`.
///
/// Reading changes nothing. A line that a killed process left half-written at the end of its file is left out and named
/// in `torn`; any other damage is an error that names file and line.
public struct RunJournal: Sendable, Equatable {
    /// The records that count (what `--fresh` forgot does not), file by file in the order of the files' names.
    public let records: [JournalRecord]
    /// Paths of files whose last line is half-written.
    public let torn: [String]

    static let folderName = "journal"

    /// Reads a folder of journals; one that does not exist holds nothing.
    ///
    /// - Throws: `FileError` naming the file and the line that is damaged, or what the disk reports.
    public init(_ folder: String, fileSystem: any FileSystem = SystemFileSystem()) throws {
        var records: [JournalRecord] = []
        var torn: [String] = []
        for path in try RunJournal.files(folder, fileSystem) {
            let (found, isTorn) = try RunJournal.read(path, fileSystem)
            records += found
            if isTorn { torn.append(path) }
        }
        self.records = JournalRecord.standing(records)
        self.torn = torn
    }

    /// Paths of the journals, sorted by name.
    static func files(_ folder: String, _ fileSystem: any FileSystem) throws -> [String] {
        guard try fileSystem.exists(folder) else { return [] }
        return try fileSystem.list(folder)
            .filter { $0.hasSuffix(".jsonl") && !AtomicWriter.isTemporary($0) }
            .map { FilePath.join(folder, $0) }
    }

    /// The records of one file, and whether its last line is half-written.
    private static func read(_ path: String, _ fileSystem: any FileSystem) throws -> (
        records: [JournalRecord], isTorn: Bool
    ) {
        let found = try parse(fileSystem.readAll(path), path: path, offset: 0, line: 1)
        return (found.records, found.isTorn)
    }

    /// The records in a part of a file that begins at a line's beginning, how many bytes they take, and whether something
    /// half-written follows.
    static func parse(_ bytes: [UInt8], path: String, offset: Int, line first: Int) throws -> (
        records: [JournalRecord], byteCount: Int, isTorn: Bool
    ) {
        var records: [JournalRecord] = []
        var start = 0
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0A)
            let line = bytes[start..<(end ?? bytes.count)]
            let number = first + records.count
            if end == nil, JournalLine.isTorn(line) { return (records, start, true) }
            guard let object = JournalLine.decode(line) else {
                throw FileError.badData(
                    path, at: offset + start,
                    "line \(number) is damaged (its check sum does not fit); remove that line to redo what it "
                        + "recorded")
            }
            records.append(try JournalRecord(object, source: "\(path), line \(number)"))
            start = min((end ?? bytes.count) + 1, bytes.count)
        }
        return (records, start, false)
    }
}
