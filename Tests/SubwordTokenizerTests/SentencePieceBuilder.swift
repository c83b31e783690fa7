/// Bytes of a tokenizer.model, piece by piece, with whatever is wrong that a test wants.
struct SentencePieceBuilder {
    private(set) var bytes: [UInt8] = []

    /// A field that holds bytes, with a length that need not be true.
    static func field(_ number: Int, _ content: [UInt8], length: Int? = nil) -> [UInt8] {
        varint(UInt64(number << 3 | 2)) + varint(UInt64(length ?? content.count)) + content
    }

    /// A field that holds a number.
    static func field(_ number: Int, _ value: Int) -> [UInt8] {
        varint(UInt64(number << 3)) + varint(UInt64(value))
    }

    /// A number in base 128.
    static func varint(_ value: UInt64) -> [UInt8] {
        var value = value
        var bytes: [UInt8] = []
        while value > 127 {
            bytes.append(UInt8(value & 127) | 128)
            value >>= 7
        }
        return bytes + [UInt8(value)]
    }

    /// A piece.
    static func piece(_ text: String, score: Float = 0, kind: Int = 1) -> [UInt8] {
        let bits = score.bitPattern
        let float = (0..<4).map { UInt8(bits >> UInt32(8 * $0) & 0xFF) }
        return field(1, field(1, Array(text.utf8)) + [0x15] + float + field(3, kind))
    }

    /// The unknown piece, a few others, and what is added.
    static func model(_ rest: [UInt8]...) -> [UInt8] {
        piece("<unk>", kind: 2) + piece("a", score: -1) + rest.flatMap { $0 }
    }

    /// A normalizer_spec with a precompiled_charsmap of one block of units, all zero but those given, and texts.
    static func characterMap(_ units: [Int: UInt32], texts: [UInt8], size: Int = 1024) -> [UInt8] {
        var words = [UInt32](repeating: 0, count: 256)
        for (index, unit) in units { words[index] = unit }
        func little(_ word: UInt32) -> [UInt8] {
            (0..<4).map { UInt8(word >> UInt32(8 * $0) & 0xFF) }
        }
        return field(3, field(2, little(UInt32(size)) + words.flatMap(little) + texts))
    }
}
