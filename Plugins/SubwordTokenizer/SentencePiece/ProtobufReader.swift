import HireFiles

/// A bounds-checked reader of protobuf's wire format over a part of a file.
///
/// It knows no schema: fields come out as number, type and bytes. Every length is checked against what is left before anything
/// is taken, nesting is up to the caller, and groups (long deprecated) are refused.
struct ProtobufReader {
    /// What a field holds.
    enum Value {
        /// A whole number, boolean or enumeration.
        case varint(UInt64)
        /// Eight bytes.
        case fixed64(UInt64)
        /// A string, bytes or a message: a part of the file.
        case bytes(Range<Int>)
        /// Four bytes.
        case fixed32(UInt32)

        fileprivate var name: String {
            switch self {
            case .varint: "a varint"
            case .fixed64: "eight bytes"
            case .bytes: "a length and bytes"
            case .fixed32: "four bytes"
            }
        }
    }

    /// One field of a message.
    struct Field {
        let number: Int
        let value: Value
        /// Where it begins in the file.
        let offset: Int
    }

    let file: [UInt8]
    let path: String
    private(set) var position: Int
    private let end: Int

    /// A reader of a whole file, or of a message inside it.
    init(_ file: [UInt8], path: String, range: Range<Int>? = nil) {
        self.file = file
        self.path = path
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? file.count
    }

    /// The next field, or nil at the end of the message.
    ///
    /// - Throws: `FileError` with the byte; so do the methods below.
    mutating func next() throws -> Field? {
        if position == end { return nil }
        let offset = position
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else {
            throw FileError.badData(
                path, at: offset, "the protobuf field number does not fit",
                expected: "1 to 536870911", got: "\(tag >> 3)")
        }
        let value: Value
        switch tag & 7 {
        case 0: value = .varint(try varint())
        case 1: value = .fixed64(try fixed(8))
        case 2: value = .bytes(try lengthDelimited())
        case 5: value = .fixed32(UInt32(try fixed(4)))
        default:
            throw FileError.badData(
                path, at: offset, "the protobuf wire type is not supported",
                expected: "0, 1, 2 or 5", got: "\(tag & 7)")
        }
        return Field(number: Int(tag >> 3), value: value, offset: offset)
    }

    private mutating func varint() throws -> UInt64 {
        let start = position
        var value: UInt64 = 0
        for shift in stride(from: 0, to: 70, by: 7) {
            guard position < end else {
                throw FileError.badData(path, at: start, "a number is cut off by the end")
            }
            let byte = file[position]
            position += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7F) << UInt64(shift)
            if byte < 0x80 { return value }
        }
        throw FileError.badData(path, at: start, "a number has more than 64 bits")
    }

    private mutating func fixed(_ count: Int) throws -> UInt64 {
        guard end - position >= count else {
            throw FileError.badData(
                path, at: position, "a value is cut off by the end", expected: "\(count) bytes",
                got: "\(end - position)")
        }
        var value: UInt64 = 0
        for index in 0..<count { value |= UInt64(file[position + index]) << UInt64(8 * index) }
        position += count
        return value
    }

    private mutating func lengthDelimited() throws -> Range<Int> {
        let offset = position
        let length = try varint()
        guard length <= UInt64(end - position) else {
            throw FileError.badData(
                path, at: offset, "a length runs past the end; the file is damaged or incomplete",
                expected: "at most \(end - position) bytes", got: "\(length)")
        }
        let range = position..<(position + Int(length))
        position = range.upperBound
        return range
    }

    // MARK: Typed values

    /// The bytes of a field.
    func bytes(_ field: Field, _ name: String) throws -> Range<Int> {
        if case .bytes(let range) = field.value { return range }
        throw mismatch(field, name, "a length and bytes")
    }

    /// The text of a field; any bytes, since sentencepiece checks UTF-8 no earlier than use.
    func string(_ field: Field, _ name: String) throws -> [UInt8] {
        let range = try bytes(field, name)
        return Array(file[range])
    }

    /// The number of a field as protobuf's int32.
    func int(_ field: Field, _ name: String) throws -> Int {
        guard case .varint(let value) = field.value else {
            throw mismatch(field, name, "a varint")
        }
        return Int(Int32(truncatingIfNeeded: value))
    }

    /// The boolean of a field.
    func bool(_ field: Field, _ name: String) throws -> Bool {
        try int(field, name) != 0
    }

    /// The 32-bit number of a field.
    func float(_ field: Field, _ name: String) throws -> Float {
        guard case .fixed32(let bits) = field.value else {
            throw mismatch(field, name, "four bytes")
        }
        return Float(bitPattern: bits)
    }

    private func mismatch(_ field: Field, _ name: String, _ expected: String) -> FileError {
        FileError.badData(
            path, at: field.offset, "the field '\(name)' has the wrong wire type",
            expected: expected, got: field.value.name)
    }
}
