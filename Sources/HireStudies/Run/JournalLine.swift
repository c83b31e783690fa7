import HireFiles

/// A line of a journal: a JSON object whose last member is the CRC-32 of all that stands before it.
enum JournalLine {
    private static let marker = Array(",\"crc32\":\"".utf8)
    private static let ending = Array("\"}".utf8)
    /// Digits of the check sum and what closes the line.
    private static let tail = 8 + 2

    /// The line with its final newline.
    static func encode(_ record: JSONObject) throws -> [UInt8] {
        let text = try JSONWriter(order: .sorted).string(.object(record)).dropLast()
        return Array(text.utf8) + marker + checksum(text.utf8) + ending + [0x0A]
    }

    /// The object of a whole line without its newline; nil if anything about it is not as it was written.
    static func decode(_ line: ArraySlice<UInt8>) -> JSONObject? {
        guard let place = markerPlace(in: line),
            case let body = line[..<place],
            case let rest = line[(place + marker.count)...],
            rest.count == tail, rest.elementsEqual(checksum(body) + ending)
        else { return nil }
        return object(body)
    }

    /// Whether what stands behind the last newline of a file is a line that was never finished: it has no whole check sum.
    ///
    /// A line whose newline was changed into something else has one, and is damage.
    static func isTorn(_ rest: ArraySlice<UInt8>) -> Bool {
        guard let place = markerPlace(in: rest),
            rest.count - (place - rest.startIndex)
                >= marker.count + tail
        else { return true }
        // A member of that name may stand deeper inside: what comes before it is then no whole object.
        return object(rest[..<place]) == nil
    }

    private static func object(_ body: ArraySlice<UInt8>) -> JSONObject? {
        try? JSONParser.parse(Array(body) + [0x7D], source: "journal").objectValue
    }

    private static func markerPlace(in line: ArraySlice<UInt8>) -> Int? {
        guard line.count >= marker.count else { return nil }
        return (line.startIndex...(line.endIndex - marker.count)).last {
            line[$0..<($0 + marker.count)].elementsEqual(marker)
        }
    }

    private static func checksum(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        let hex = String(CRC32.of(bytes), radix: 16)
        return Array((String(repeating: "0", count: 8 - hex.count) + hex).utf8)
    }
}
