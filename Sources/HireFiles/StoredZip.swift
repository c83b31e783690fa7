/// A zip file whose entries are stored, not compressed; its directory is read and checked at once, its contents never.
///
/// Strict where zip readers usually guess, so that no two readers see different contents: the end record is the last
/// thing in the file, the directory lies right before it, every local header repeats what the directory says, names are
/// plain relative paths and unique, and no two entries share a byte. Compressed and encrypted entries are refused, which
/// leaves no room for bombs. Zip64 sizes are read, as PyTorch writes them.
public struct StoredZip: Sendable {
    /// One file within.
    public struct Entry: Sendable {
        /// The name, with folders before it.
        public let name: String
        /// The bytes of the contents, in the zip file.
        public let range: Range<Int>
        /// The CRC-32 that the directory states.
        public let checksum: UInt32
    }

    /// Where the file lies.
    public let path: String
    /// The entries in the order of the directory.
    public let entries: [Entry]
    private let places: [String: Int]

    /// The most bytes of the directory that are accepted.
    public static let largestDirectory = 64 << 20

    /// The entry of a name, or nil.
    public subscript(name: String) -> Entry? { places[name].map { entries[$0] } }

    /// Reads and checks the directory and all local headers of a file.
    ///
    /// - Throws: `FileError` naming the path, the byte and what is wrong.
    public static func read(
        _ path: String, fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> StoredZip {
        guard let status = try fileSystem.status(path) else {
            throw FileError(.missingInput, path: path, problem: "there is no such file")
        }
        guard status.kind == .file else {
            throw FileError(.missingInput, path: path, problem: "this is not a file")
        }
        return try fileSystem.withFile(path, for: .read) { file in
            let directory = try ZipDirectory.read(file, size: status.byteCount, fileSystem)
            var entries: [Entry] = []
            var places: [String: Int] = [:]
            var occupied: [Range<Int>] = []
            entries.reserveCapacity(directory.records.count)
            for record in directory.records {
                let extent = try record.checkLocalHeader(
                    file, limit: directory.start, fileSystem)
                if places.updateValue(entries.count, forKey: record.name) != nil {
                    throw FileError.badData(
                        path, at: record.position, "the entry '\(record.name)' stands twice")
                }
                entries.append(
                    Entry(name: record.name, range: extent.contents, checksum: record.checksum))
                occupied.append(extent.whole)
            }
            try checkDisjoint(occupied, path)
            return StoredZip(path: path, entries: entries, places: places)
        }
    }

    private static func checkDisjoint(_ ranges: [Range<Int>], _ path: String) throws {
        var end = 0
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if range.lowerBound < end {
                throw FileError.badData(
                    path, at: range.lowerBound, "two entries of the zip file overlap")
            }
            end = range.upperBound
        }
    }
}
