/// Writes a zip file of stored entries in one pass, however large they are.
///
/// Sizes and check sums stand behind each entry and in the directory at the end, as PyTorch writes them; entries or files from
/// 4 GiB on use zip64. Times are those of 1980, so equal contents give equal bytes.
public struct StoredZipWriter {
    /// Takes bytes of the file, one after the other.
    public typealias Append = (UnsafeRawBufferPointer) throws -> Void

    private struct Record {
        var name: [UInt8]
        var checksum: UInt32
        var byteCount: Int
        var start: Int
    }

    private let append: Append
    private var position = 0
    private var records: [Record] = []

    /// A zip file without entries.
    public init(_ append: @escaping Append) { self.append = append }

    /// Adds an entry, whose bytes come piece by piece.
    ///
    /// - Parameter name: with `/` between folders, unique.
    public mutating func add(_ name: String, _ body: (_ append: Append) throws -> Void) throws {
        let start = position
        let bytes = Array(name.utf8)
        precondition(
            !bytes.isEmpty && bytes.count < 0xFFFF && !records.contains { $0.name == bytes },
            "Entries have names of their own.")
        // Flags: sizes follow, the name is UTF-8. Version 4.5, in case the sizes need eight bytes.
        try put([
            (0x0403_4B50, 4), (45, 2), (0x0808, 2), (0, 2), (0, 2), (0x21, 2), (0, 4), (0, 4),
            (0, 4),
            (bytes.count, 2), (0, 2),
        ])
        try bytes.withUnsafeBytes { try append($0) }
        position += bytes.count
        var checksum = CRC32()
        var count = 0
        try body { piece in
            checksum.update(piece)
            count += piece.count
            try append(piece)
        }
        position += count
        let isWide = count >= 0xFFFF_FFFF
        try put([
            (0x0807_4B50, 4), (Int(checksum.value), 4), (count, isWide ? 8 : 4),
            (count, isWide ? 8 : 4),
        ])
        records.append(
            Record(name: bytes, checksum: checksum.value, byteCount: count, start: start))
    }

    /// Writes the directory, which ends the file.
    public mutating func finish() throws {
        let start = position
        for record in records {
            let size = record.byteCount >= 0xFFFF_FFFF
            let place = record.start >= 0xFFFF_FFFF
            let extra = (size ? 16 : 0) + (place ? 8 : 0)
            try put([
                (0x0201_4B50, 4), (45, 2), (45, 2), (0x0808, 2), (0, 2), (0, 2), (0x21, 2),
                (Int(record.checksum), 4), (size ? 0xFFFF_FFFF : record.byteCount, 4),
                (size ? 0xFFFF_FFFF : record.byteCount, 4), (record.name.count, 2),
                (extra == 0 ? 0 : extra + 4, 2), (0, 2), (0, 2), (0, 2), (0, 4),
                (place ? 0xFFFF_FFFF : record.start, 4),
            ])
            try record.name.withUnsafeBytes { try append($0) }
            position += record.name.count
            if extra > 0 { try put([(1, 2), (extra, 2)]) }
            if size { try put([(record.byteCount, 8), (record.byteCount, 8)]) }
            if place { try put([(record.start, 8)]) }
        }
        let end = position
        let isWide = records.count >= 0xFFFF || start >= 0xFFFF_FFFF || end - start >= 0xFFFF_FFFF
        if isWide {
            try put([
                (0x0606_4B50, 4), (44, 8), (45, 2), (45, 2), (0, 4), (0, 4), (records.count, 8),
                (records.count, 8), (end - start, 8), (start, 8), (0x0706_4B50, 4), (0, 4),
                (end, 8), (1, 4),
            ])
        }
        let count = isWide ? 0xFFFF : records.count
        try put([
            (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2), (count, 2),
            (isWide ? 0xFFFF_FFFF : end - start, 4), (isWide ? 0xFFFF_FFFF : start, 4), (0, 2),
        ])
    }

    /// Appends whole numbers, each in its count of bytes, the low ones first.
    private mutating func put(_ fields: [(value: Int, bytes: Int)]) throws {
        let bytes = fields.flatMap { field in
            (0..<field.bytes).map { UInt8(truncatingIfNeeded: field.value >> (8 * $0)) }
        }
        try bytes.withUnsafeBytes { try append($0) }
        position += bytes.count
    }
}
