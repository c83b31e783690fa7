/// Strict base64 (RFC 4648 with padding).
enum Base64 {
    /// The bytes, or nil if the text is not base64.
    static func decode(_ text: String) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count % 4 == 0 else { return nil }
        var result: [UInt8] = []
        result.reserveCapacity(characters.count / 4 * 3)
        for start in stride(from: 0, to: characters.count, by: 4) {
            var word: UInt32 = 0
            var padding = 0
            for index in start..<(start + 4) {
                if characters[index] == 0x3D {
                    guard start + 4 == characters.count, index >= start + 2 else { return nil }
                    padding += 1
                    word <<= 6
                } else {
                    guard padding == 0, let digit = digit(characters[index]) else { return nil }
                    word = word << 6 | digit
                }
            }
            let bytes = [UInt8(word >> 16), UInt8(word >> 8 & 0xFF), UInt8(word & 0xFF)]
            result += bytes.prefix(3 - padding)
        }
        return result
    }

    private static func digit(_ byte: UInt8) -> UInt32? {
        switch byte {
        case 0x41...0x5A: UInt32(byte - 0x41)
        case 0x61...0x7A: UInt32(byte - 0x61 + 26)
        case 0x30...0x39: UInt32(byte - 0x30 + 52)
        case 0x2B: 62
        case 0x2F: 63
        default: nil
        }
    }
}
