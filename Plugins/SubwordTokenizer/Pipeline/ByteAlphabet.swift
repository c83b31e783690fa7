/// The 256 characters by which byte-level vocabularies spell bytes: printable bytes stand for themselves, others for U+0100 onwards.
///
/// Source: `bytes_to_unicode` of GPT-2.
enum ByteAlphabet {
    /// The UTF-8 of each byte's character.
    static let characters: [[UInt8]] = {
        var next: UInt32 = 256
        return (0..<256).map { byte in
            var value = UInt32(byte)
            let isPrintable =
                (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte)
                || (0xAE...0xFF).contains(byte)
            if !isPrintable {
                value = next
                next += 1
            }
            var bytes: [UInt8] = []
            UTF8Bytes.append(Unicode.Scalar(value) ?? "\u{FFFD}", to: &bytes)
            return bytes
        }
    }()

    private static let bytes: [UInt32: UInt8] = {
        var table: [UInt32: UInt8] = [:]
        for (byte, character) in characters.enumerated() {
            let (scalar, _) = UTF8Bytes.scalar(character, at: 0, end: character.count)
            table[scalar.value] = UInt8(byte)
        }
        return table
    }()

    /// The bytes that a token stands for; the token itself if it has another character.
    static func decode(_ token: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var position = 0
        while position < token.count {
            let (scalar, length) = UTF8Bytes.scalar(token, at: position, end: token.count)
            guard let byte = bytes[scalar.value] else { return token }
            result.append(byte)
            position += length
        }
        return result
    }

    /// GPT-2's pattern for words.
    static let expression =
        "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+"

    /// Qwen2's pattern for words.
    static let qwenExpression =
        "(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}|"
        + " ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+"
}
