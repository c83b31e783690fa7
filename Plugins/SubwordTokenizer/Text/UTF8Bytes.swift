/// Characters in UTF-8 bytes that are known to be valid.
///
/// Texts are arrays of bytes all the way through: Swift strings compare by canonical equivalence, under which two different
/// tokens of a vocabulary could be "equal".
enum UTF8Bytes {
    /// The number of bytes of the character with this first byte; 1 for a byte that begins none.
    static func length(_ first: UInt8) -> Int {
        if first < 0xC2 { return 1 }
        if first < 0xE0 { return 2 }
        if first < 0xF0 { return 3 }
        return first < 0xF5 ? 4 : 1
    }

    /// The character at a position and how many bytes it takes; U+FFFD and 1 where none begins.
    static func scalar(_ text: [UInt8], at position: Int, end: Int) -> (Unicode.Scalar, Int) {
        let first = text[position]
        if first < 0x80 { return (Unicode.Scalar(first), 1) }
        let count = length(first)
        guard count > 1, position + count <= end else { return ("\u{FFFD}", 1) }
        var value = UInt32(first) & (0x7F >> UInt32(count))
        for index in 1..<count {
            let byte = text[position + index]
            guard byte & 0xC0 == 0x80 else { return ("\u{FFFD}", 1) }
            value = value << 6 | UInt32(byte & 0x3F)
        }
        guard let scalar = Unicode.Scalar(value) else { return ("\u{FFFD}", 1) }
        return (scalar, count)
    }

    /// The character that ends at a position, and where it begins.
    static func scalar(_ text: [UInt8], before end: Int, start: Int) -> (Unicode.Scalar, Int) {
        var position = end - 1
        while position > start, text[position] & 0xC0 == 0x80, end - position < 4 { position -= 1 }
        return (scalar(text, at: position, end: end).0, position)
    }

    /// Appends a character.
    static func append(_ scalar: Unicode.Scalar, to text: inout [UInt8]) {
        if scalar.isASCII {
            text.append(UInt8(scalar.value))
        } else {
            text.append(contentsOf: UTF8.encode(scalar) ?? .init([]))
        }
    }

    /// The bytes for showing to a person.
    static func string(_ bytes: some Collection<UInt8>) -> String {
        String(decoding: bytes, as: UTF8.self)
    }

    /// The byte that a token such as `<0x0A>` stands for, or nil; exactly two hexadecimal digits.
    ///
    /// - Parameter lowercase: whether a to f count as digits, as for Hugging Face's decoder.
    static func byteToken(_ token: some Collection<UInt8>, lowercase: Bool = false) -> UInt8? {
        let bytes = Array(token.prefix(7))
        guard bytes.count == 6, bytes.starts(with: [0x3C, 0x30, 0x78]), bytes[5] == 0x3E else {
            return nil
        }
        var value: UInt8 = 0
        for byte in bytes[3...4] {
            switch byte {
            case 0x30...0x39: value = value << 4 | (byte - 0x30)
            case 0x41...0x46: value = value << 4 | (byte - 0x37)
            case 0x61...0x66 where lowercase: value = value << 4 | (byte - 0x57)
            default: return nil
            }
        }
        return value
    }

    /// The token of a byte: `<0x0A>`.
    static func byteToken(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return [0x3C, 0x30, 0x78, digits[Int(byte >> 4)], digits[Int(byte & 15)], 0x3E]
    }

    /// U+2581, which stands for a space in vocabularies.
    static let spaceSymbol: [UInt8] = [0xE2, 0x96, 0x81]

    /// Where a text stands in a part of another, from left to right without overlap.
    static func find(_ wanted: [UInt8], in text: [UInt8], _ range: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        guard let first = wanted.first else { return found }
        var position = range.lowerBound
        while position + wanted.count <= range.upperBound {
            if text[position] == first,
                text[position..<(position + wanted.count)].elementsEqual(wanted)
            {
                found.append(position..<(position + wanted.count))
                position += wanted.count
            } else {
                position += 1
            }
        }
        return found
    }

    /// A text with other content in some places.
    static func replace(_ places: [Range<Int>], in text: [UInt8], with content: [UInt8]) -> [UInt8]
    {
        if places.isEmpty { return text }
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        for place in places {
            result += text[position..<place.lowerBound]
            result += content
            position = place.upperBound
        }
        return result + text[position...]
    }

    /// A text with another content wherever a text stands.
    static func replace(_ wanted: [UInt8], in text: [UInt8], with content: [UInt8]) -> [UInt8] {
        replace(find(wanted, in: text, 0..<text.count), in: text, with: content)
    }
}
