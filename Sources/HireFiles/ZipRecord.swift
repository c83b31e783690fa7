/// One record of a zip file's central directory.
struct ZipRecord {
    let name: String
    let checksum: UInt32
    let byteCount: Int
    /// Where the local header begins in the file.
    let header: Int
    /// Where this record lies in the file, for messages.
    let position: Int
    private let flags: Int

    /// Sizes follow the contents.
    private static let descriptorFlag = 1 << 3
    /// That, or a name in UTF-8.
    private static let knownFlags = descriptorFlag | 1 << 11

    /// Reads the record at a position of the directory and moves on to the next.
    init(_ bytes: [UInt8], _ position: inout Int, fileOffset: Int, _ path: String) throws {
        let start = position
        let place = fileOffset + start
        self.position = place
        guard start + 46 <= bytes.count, bytes.littleEndian(start, 4) == 0x0201_4B50 else {
            throw FileError.badData(path, at: place, "a record of the zip directory is damaged")
        }
        let nameLength = bytes.littleEndian(start + 28, 2)
        let extraLength = bytes.littleEndian(start + 30, 2)
        let end = start + 46 + nameLength + extraLength + bytes.littleEndian(start + 32, 2)
        guard end <= bytes.count else {
            throw FileError.badData(path, at: place, "a record of the zip directory is cut off")
        }
        let nameBytes = bytes[(start + 46)..<(start + 46 + nameLength)]
        guard let name = String(validating: nameBytes, as: UTF8.self), Self.isSafe(name) else {
            let shown = String(decoding: nameBytes.prefix(80), as: UTF8.self)
            throw FileError.badData(
                path, at: place, "the name of a zip entry leads out of the archive or is no name",
                expected: "a relative path without '..'", got: "'\(shown)'")
        }
        flags = bytes.littleEndian(start + 8, 2)
        let method = bytes.littleEndian(start + 10, 2)
        guard method == 0 else {
            throw FileError.badData(
                path, at: place, "the entry '\(name)' is compressed",
                expected: "stored entries, as PyTorch writes them", got: "method \(method)")
        }
        guard flags & ~Self.knownFlags == 0 else {
            throw FileError.badData(
                path, at: place, "the entry '\(name)' is encrypted or of an unknown kind",
                got: "flags \(flags)")
        }
        checksum = UInt32(bytes.littleEndian(start + 16, 4))
        let extra = (start + 46 + nameLength)..<(start + 46 + nameLength + extraLength)
        let sizes = try Self.sizes(bytes, start, extra) {
            FileError.badData(
                path, at: place, "the zip64 sizes of the entry '\(name)' are damaged")
        }
        guard sizes.stored == sizes.whole, bytes.littleEndian(start + 34, 2) == 0 else {
            throw FileError.badData(
                path, at: place, "the entry '\(name)' states two sizes or another disk",
                expected: "\(sizes.whole) bytes", got: "\(sizes.stored)")
        }
        byteCount = sizes.whole
        header = sizes.header
        self.name = name
        position = end
    }

    private static func isSafe(_ name: String) -> Bool {
        !name.isEmpty
            && name.split(separator: "/", omittingEmptySubsequences: false).allSatisfy {
                !$0.isEmpty && $0 != "." && $0 != ".."
            }
            && !name.utf8.contains { $0 < 0x20 || $0 == 0x5C || $0 == 0x7F }
    }

    private static func sizes(
        _ bytes: [UInt8], _ start: Int, _ extra: Range<Int>, damage: () -> FileError
    ) throws -> (stored: Int, whole: Int, header: Int) {
        var fields = [
            bytes.littleEndian(start + 24, 4), bytes.littleEndian(start + 20, 4),
            bytes.littleEndian(start + 42, 4),
        ]
        if fields.contains(0xFFFF_FFFF) {
            var at = extra.lowerBound
            while at + 4 <= extra.upperBound, bytes.littleEndian(at, 2) != 1 {
                at += 4 + bytes.littleEndian(at + 2, 2)
            }
            guard at + 4 <= extra.upperBound else { throw damage() }
            let end = at + 4 + bytes.littleEndian(at + 2, 2)
            guard end <= extra.upperBound else { throw damage() }
            at += 4
            for index in fields.indices where fields[index] == 0xFFFF_FFFF {
                guard at + 8 <= end, let value = bytes.wideInteger(at) else { throw damage() }
                fields[index] = value
                at += 8
            }
        }
        return (stored: fields[1], whole: fields[0], header: fields[2])
    }

    /// Compares the local header with this record; returns the bytes of the contents and those of the whole entry.
    func checkLocalHeader(
        _ file: OpenFile, limit: Int, _ fileSystem: any FileSystem
    ) throws -> (contents: Range<Int>, whole: Range<Int>) {
        func bad(_ problem: String) -> FileError {
            .badData(file.path, at: header, "the entry '\(name)': \(problem)")
        }
        guard header <= limit - 30 else { throw bad("it begins outside the zip file") }
        let fixed = try fileSystem.readExactly(file, at: header, count: 30)
        guard fixed.littleEndian(0, 4) == 0x0403_4B50 else { throw bad("its header is missing") }
        let nameLength = fixed.littleEndian(26, 2)
        let begin = header + 30 + nameLength + fixed.littleEndian(28, 2)
        guard begin <= limit, byteCount <= limit - begin else {
            throw bad("it runs past the end of the entries")
        }
        guard nameLength == name.utf8.count,
            try fileSystem.readExactly(file, at: header + 30, count: nameLength)
                .elementsEqual(name.utf8)
        else { throw bad("its header and the directory disagree on the name") }
        guard fixed.littleEndian(6, 2) == flags, fixed.littleEndian(8, 2) == 0 else {
            throw bad("its header and the directory disagree on how it is stored")
        }
        let later = flags & Self.descriptorFlag != 0
        let fields = [14, 18, 22].map { fixed.littleEndian($0, 4) }
        let repeats =
            fields[0] == Int(checksum)
            && fields[1...].allSatisfy { $0 == byteCount || $0 == 0xFFFF_FFFF }
        guard repeats || (later && fields.allSatisfy { $0 == 0 }) else {
            throw bad("its header and the directory disagree on its size or checksum")
        }
        let end = begin + byteCount
        let tail = later ? try descriptorLength(file, at: end, limit, fileSystem) : 0
        guard let tail else { throw bad("the sizes after its contents and the directory disagree") }
        return (begin..<end, header..<(end + tail))
    }

    /// The bytes of the descriptor after the contents; nil if it does not repeat this record.
    private func descriptorLength(
        _ file: OpenFile, at start: Int, _ limit: Int, _ fileSystem: any FileSystem
    ) throws -> Int? {
        let bytes = try fileSystem.readExactly(
            file, at: start, count: min(24, limit - start))
        guard bytes.count >= 16, bytes.littleEndian(0, 4) == 0x0807_4B50,
            bytes.littleEndian(4, 4) == Int(checksum)
        else { return nil }
        if bytes.count >= 24, bytes.wideInteger(8) == byteCount,
            bytes.wideInteger(16) == byteCount
        {
            return 24
        }
        let fits = bytes.littleEndian(8, 4) == byteCount && bytes.littleEndian(12, 4) == byteCount
        return fits ? 16 : nil
    }
}
