import Foundation
import HireFiles

/// The append-only list of what a run has finished: one JSON object per line, each closed by its CRC-32.
///
/// A line is on the disk before `append` returns. A line that a killed process left half-written at the end is cut
/// off when the journal is opened; damage anywhere else is an error that names the line.
public struct ResultsJournal {
    /// Where it is.
    public let path: String
    /// The whole lines, in order, without their check sums.
    public private(set) var entries: [JSONObject] = []
    /// Whether opening it cut off a half-written last line.
    public private(set) var wasTorn = false
    private let fileSystem: any FileSystem

    private static let marker = ",\"crc32\":\""

    /// Opens a journal; a file that does not exist is an empty one and is made by the first `append`.
    ///
    /// - Throws: `FileError` naming the line that is damaged, or what the disk reports.
    public init(_ path: String, fileSystem: any FileSystem = SystemFileSystem()) throws {
        self.path = path
        self.fileSystem = fileSystem
        guard try fileSystem.exists(path) else { return }
        let bytes = try fileSystem.readAll(path)
        var start = 0
        var number = 0
        while start < bytes.count {
            number += 1
            let end = bytes[start...].firstIndex(of: 0x0A)
            let line = bytes[start..<(end ?? bytes.count)]
            if let end, let entry = ResultsJournal.parse(line) {
                entries.append(entry)
                start = end + 1
                continue
            }
            guard end == nil || end == bytes.count - 1 else {
                throw FileError.badData(
                    path, at: start,
                    "line \(number) is damaged (its check sum does not fit); remove that line to redo what it "
                        + "recorded")
            }
            try fileSystem.withFile(path, for: .append) { file in
                try fileSystem.truncate(file, to: start)
                try fileSystem.synchronise(file)
            }
            wasTorn = true
            break
        }
    }

    /// Appends a line and waits until it is on the disk.
    public mutating func append(_ entry: JSONObject) throws {
        precondition(
            !entry.isEmpty && entry["crc32"] == nil, "A journal entry has members of its own.")
        let text = try JSONWriter(order: .sorted).string(.object(entry)).dropLast()
        let line = "\(text)\(ResultsJournal.marker)\(ResultsJournal.checksum(text.utf8))\"}\n"
        let isNew = try !fileSystem.exists(path)
        try fileSystem.withFile(path, for: .append) { file in
            let before = try fileSystem.status(path)?.byteCount ?? 0
            do {
                try Array(line.utf8).withUnsafeBytes { try fileSystem.writeAll(file, $0) }
                try fileSystem.repeatingInterrupted { try fileSystem.synchronise(file) }
            } catch {
                // A full disk must not leave half a line in front of the next one.
                try? fileSystem.truncate(file, to: before)
                throw error
            }
        }
        if isNew { try fileSystem.synchroniseFolder(FilePath.folder(of: path)) }
        entries.append(entry)
    }

    private static func parse(_ line: ArraySlice<UInt8>) -> JSONObject? {
        let text = String(decoding: line, as: UTF8.self)
        guard let marker = text.range(of: ResultsJournal.marker, options: .backwards),
            text.hasSuffix("\"}"),
            case let sum = text[marker.upperBound...].dropLast(2),
            checksum(text[..<marker.lowerBound].utf8) == sum,
            case .object(let entry)? = try? JSONParser.parse(
                String(text[..<marker.lowerBound]) + "}", source: "journal")
        else { return nil }
        return entry
    }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> String {
        let hex = String(CRC32.of(bytes), radix: 16)
        return String(repeating: "0", count: 8 - hex.count) + hex
    }
}
