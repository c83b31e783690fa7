import Glibc
import HireFiles

/// Follows the journals of a run while other processes write them: each look reads only what is new.
final class JournalReader {
    private struct Position {
        var offset = 0
        var records: [JournalRecord] = []
        var isTorn = false
        /// The last line was whole and its newline not yet to be seen.
        var isOpen = false
    }

    private let folder: String
    private let fileSystem: any FileSystem
    private var positions: [String: Position] = [:]
    /// Records by item, in the order of the journals; as of the last look.
    private(set) var byItem: [String: [JournalRecord]] = [:]

    init(_ folder: String, fileSystem: any FileSystem) {
        self.folder = folder
        self.fileSystem = fileSystem
    }

    /// All records, file by file.
    var records: [JournalRecord] {
        JournalRecord.standing(positions.keys.sorted().flatMap { positions[$0]?.records ?? [] })
    }

    /// Files whose last line is half-written.
    var torn: [String] { positions.filter { $0.value.isTorn }.keys.sorted() }

    /// Reads what was added since the last look.
    ///
    /// - Throws: `FileError` naming file and line of what is damaged.
    func look() throws {
        var hasChanged = false
        let files = try RunJournal.files(folder, fileSystem)
        for path in files {
            let size = try fileSystem.status(path)?.byteCount ?? 0
            var position = positions[path] ?? Position()
            if size == position.offset { continue }
            if size < position.offset { position = Position() }
            var bytes = try tail(of: path, from: position.offset, size: size)
            if position.isOpen, bytes.first == 0x0A {
                bytes.removeFirst()
                position.offset += 1
                position.isOpen = false
                positions[path] = position
                if bytes.isEmpty { continue }
            }
            let found = try RunJournal.parse(
                bytes, path: path, offset: position.offset, line: position.records.count + 1)
            if found.records.isEmpty, found.isTorn == position.isTorn, positions[path] != nil {
                continue
            }
            position.records += found.records
            position.offset += found.byteCount
            position.isTorn = found.isTorn
            position.isOpen = !found.isTorn && bytes.last != 0x0A
            positions[path] = position
            hasChanged = true
        }
        for path in positions.keys where !files.contains(path) {
            positions[path] = nil
            hasChanged = true
        }
        if hasChanged { byItem = Dictionary(grouping: records, by: \.item) }
    }

    private func tail(of path: String, from offset: Int, size: Int) throws -> [UInt8] {
        try fileSystem.withFile(path, for: .read) { file in
            try fileSystem.readExactly(file, at: offset, count: size - offset)
        }
    }
}
