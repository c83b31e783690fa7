/// The central directory of a zip file, with what its end record says of it.
struct ZipDirectory {
    /// Where the directory begins, which is where the entries end.
    let start: Int
    let records: [ZipRecord]

    static func read(
        _ file: OpenFile, size: Int, _ fileSystem: any FileSystem
    ) throws -> ZipDirectory {
        guard size >= 22 else {
            throw FileError.badData(
                file.path, at: 0, "the file is too short for a zip file",
                expected: "at least 22 bytes", got: "\(size)")
        }
        let place = try locate(file, size, fileSystem)
        guard place.byteCount <= StoredZip.largestDirectory else {
            throw FileError.badData(
                file.path, at: place.start, "the directory of the zip file is too large",
                expected: "at most \(StoredZip.largestDirectory) bytes", got: "\(place.byteCount)")
        }
        // Every record takes 46 bytes at least, so a lie about the count costs no memory.
        guard place.count <= place.byteCount / 46 else {
            throw FileError.badData(
                file.path, at: place.start, "the directory of the zip file is too short",
                expected: "\(place.count) entries", got: "\(place.byteCount) bytes")
        }
        let bytes = try fileSystem.readExactly(file, at: place.start, count: place.byteCount)
        var records: [ZipRecord] = []
        records.reserveCapacity(place.count)
        var position = 0
        for _ in 0..<place.count {
            let record = try ZipRecord(bytes, &position, fileOffset: place.start, file.path)
            records.append(record)
        }
        guard position == bytes.count else {
            throw FileError.badData(
                file.path, at: place.start + position,
                "the directory of the zip file holds more than its \(place.count) entries")
        }
        return ZipDirectory(start: place.start, records: records)
    }

    private struct Place: Equatable {
        var count, byteCount, start: Int
    }

    /// Reads the end record, which must be the last thing in the file, and the zip64 one where there is one.
    private static func locate(
        _ file: OpenFile, _ size: Int, _ fileSystem: any FileSystem
    ) throws -> Place {
        let position = size - 22
        let end = try fileSystem.readExactly(file, at: position, count: 22)
        guard end.littleEndian(0, 4) == 0x0605_4B50, end.littleEndian(20, 2) == 0 else {
            throw FileError.badData(
                file.path, at: position,
                "the zip file does not end with its end record; the download is incomplete, or something was "
                    + "added")
        }
        var place = Place(
            count: end.littleEndian(10, 2), byteCount: end.littleEndian(12, 4),
            start: end.littleEndian(16, 4))
        guard end.littleEndian(4, 4) == 0, end.littleEndian(8, 2) == place.count else {
            throw FileError.badData(file.path, at: position, "the zip file is split over disks")
        }
        var limit = position
        if let wide = try locateWide(file, end: position, fileSystem) {
            let agrees =
                (place.count == 0xFFFF || place.count == wide.place.count)
                && (place.byteCount == 0xFFFF_FFFF || place.byteCount == wide.place.byteCount)
                && (place.start == 0xFFFF_FFFF || place.start == wide.place.start)
            guard agrees else {
                throw FileError.badData(
                    file.path, at: wide.position, "the two end records of the zip file disagree",
                    expected: "\(place)", got: "\(wide.place)")
            }
            place = wide.place
            limit = wide.position
        }
        let (last, overflow) = place.start.addingReportingOverflow(place.byteCount)
        guard !overflow, last == limit else {
            throw FileError.badData(
                file.path, at: position,
                "the directory of the zip file does not end where its end record begins",
                expected: "\(limit)", got: "\(place.start) + \(place.byteCount)")
        }
        return place
    }

    private static func locateWide(
        _ file: OpenFile, end: Int, _ fileSystem: any FileSystem
    ) throws -> (place: Place, position: Int)? {
        guard end >= 76 else { return nil }
        let locator = try fileSystem.readExactly(file, at: end - 20, count: 20)
        guard locator.littleEndian(0, 4) == 0x0706_4B50 else { return nil }
        let position = end - 76
        guard locator.wideInteger(8) == position, locator.littleEndian(4, 4) == 0 else {
            throw FileError.badData(
                file.path, at: end - 20, "the zip64 end record does not lie before its locator",
                expected: "\(position)", got: locator.wideInteger(8).map { "\($0)" } ?? "too much")
        }
        let record = try fileSystem.readExactly(file, at: position, count: 56)
        guard record.littleEndian(0, 4) == 0x0606_4B50, record.wideInteger(4) == 44,
            record.wideInteger(16) == 0, let count = record.wideInteger(24),
            record.wideInteger(32) == count, let byteCount = record.wideInteger(40),
            let start = record.wideInteger(48)
        else {
            throw FileError.badData(file.path, at: position, "the zip64 end record is damaged")
        }
        return (Place(count: count, byteCount: byteCount, start: start), position)
    }
}

extension [UInt8] {
    /// The unsigned number of up to four bytes at a place that the caller made sure of.
    func littleEndian(_ start: Int, _ count: Int) -> Int {
        self[start..<(start + count)].reversed().reduce(0) { $0 << 8 | Int($1) }
    }

    /// The number of eight bytes; nil if it takes 64 bits.
    func wideInteger(_ start: Int) -> Int? {
        let value = self[start..<(start + 8)].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int(exactly: value)
    }
}
