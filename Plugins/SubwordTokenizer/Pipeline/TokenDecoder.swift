/// A step from tokens back to text; the names and rules are those of Hugging Face's tokenizers.
indirect enum TokenDecoder {
    case sequence([TokenDecoder])
    case replace([UInt8], [UInt8])
    case byteFallback
    case fuse
    case strip(Unicode.Scalar, start: Int, stop: Int)
    case byteLevel
    case metaspace(replacement: [UInt8], keepsFirst: Bool)

    /// Changes a list of tokens; what is left at the end is joined to a text.
    func apply(_ tokens: inout [[UInt8]]) {
        switch self {
        case .sequence(let steps): for step in steps { step.apply(&tokens) }
        case .replace(let wanted, let content):
            for index in tokens.indices {
                tokens[index] = UTF8Bytes.replace(wanted, in: tokens[index], with: content)
            }
        case .byteFallback: TokenDecoder.joinBytes(&tokens)
        case .fuse: tokens = [Array(tokens.joined())]
        case .strip(let scalar, let start, let stop):
            for index in tokens.indices {
                tokens[index] = TokenDecoder.strip(tokens[index], scalar, start, stop)
            }
        case .byteLevel:
            let bytes = tokens.flatMap(ByteAlphabet.decode)
            // Decoding repairs: each maximal part of a broken character becomes one U+FFFD.
            tokens = [Array(UTF8Bytes.string(bytes).utf8)]
        case .metaspace(let replacement, let keepsFirst):
            for index in tokens.indices {
                let content: [UInt8] = index == 0 && !keepsFirst ? [] : [0x20]
                tokens[index] = UTF8Bytes.replace(replacement, in: tokens[index], with: content)
            }
        }
    }

    /// Runs of byte tokens become their text, or one U+FFFD for each byte if the run is not whole.
    private static func joinBytes(_ tokens: inout [[UInt8]]) {
        var result: [[UInt8]] = []
        var bytes: [UInt8] = []
        func flush() {
            if bytes.isEmpty { return }
            if String(validating: bytes, as: UTF8.self) != nil {
                result.append(bytes)
            } else {
                result += [[UInt8]](repeating: Array("\u{FFFD}".utf8), count: bytes.count)
            }
            bytes.removeAll()
        }
        for token in tokens {
            if let byte = UTF8Bytes.byteToken(token, lowercase: true) {
                bytes.append(byte)
            } else {
                flush()
                result.append(token)
            }
        }
        flush()
        tokens = result
    }

    private static func strip(
        _ token: [UInt8], _ scalar: Unicode.Scalar, _ start: Int, _ stop: Int
    ) -> [UInt8] {
        var wanted: [UInt8] = []
        UTF8Bytes.append(scalar, to: &wanted)
        var rest = token[...]
        var count = 0
        while count < start, rest.starts(with: wanted) {
            rest = rest.dropFirst(wanted.count)
            count += 1
        }
        count = 0
        while count < stop, rest.suffix(wanted.count).elementsEqual(wanted) {
            rest = rest.dropLast(wanted.count)
            count += 1
        }
        return Array(rest)
    }
}
