import Foundation

/// A step that changes a text before it is cut; the names and rules are those of Hugging Face's tokenizers.
indirect enum TextNormalizer: Sendable {
    case sequence([TextNormalizer])
    case prepend([UInt8])
    case replace(TextPattern, [UInt8])
    case strip(left: Bool, right: Bool)
    case nfc, nfd, nfkc, nfkd
    case lowercase
    case stripAccents
    case nmt
    case precompiled(CharacterMap)

    /// Changes a text.
    ///
    /// - Throws: `FileError` if a pattern takes too many steps.
    func apply(_ text: inout [UInt8]) throws {
        switch self {
        case .sequence(let steps): for step in steps { try step.apply(&text) }
        case .prepend(let prefix): if !text.isEmpty { text.insert(contentsOf: prefix, at: 0) }
        case .replace(let pattern, let content):
            let matches = try pattern.matches(text, 0..<text.count)
            text = UTF8Bytes.replace(matches, in: text, with: content)
        case .strip(let left, let right): strip(&text, left, right)
        case .nfc: unicode(&text) { $0.precomposedStringWithCanonicalMapping }
        case .nfd: unicode(&text) { $0.decomposedStringWithCanonicalMapping }
        case .nfkc: unicode(&text) { $0.precomposedStringWithCompatibilityMapping }
        case .nfkd: unicode(&text) { $0.decomposedStringWithCompatibilityMapping }
        case .lowercase:
            map(&text) { scalar, result in
                for lower in scalar.properties.lowercaseMapping.unicodeScalars {
                    UTF8Bytes.append(lower, to: &result)
                }
            }
        case .stripAccents:
            map(&text) { scalar, result in
                if !CharacterKinds.isMark(scalar) { UTF8Bytes.append(scalar, to: &result) }
            }
        case .nmt: map(&text, TextNormalizer.nmt)
        case .precompiled(let map): precompiled(&text, map)
        }
    }

    private func strip(_ text: inout [UInt8], _ left: Bool, _ right: Bool) {
        var start = 0
        var end = text.count
        while left, start < end {
            let (scalar, length) = UTF8Bytes.scalar(text, at: start, end: end)
            if !CharacterKinds.isSpace(scalar) { break }
            start += length
        }
        while right, start < end {
            let (scalar, place) = UTF8Bytes.scalar(text, before: end, start: start)
            if !CharacterKinds.isSpace(scalar) { break }
            end = place
        }
        text = Array(text[start..<end])
    }

    /// ASCII is the same in every normal form.
    private func unicode(_ text: inout [UInt8], _ form: (String) -> String) {
        if text.allSatisfy({ $0 < 0x80 }) { return }
        text = Array(form(UTF8Bytes.string(text)).utf8)
    }

    private func map(
        _ text: inout [UInt8], _ body: (Unicode.Scalar, inout [UInt8]) -> Void
    ) {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var position = 0
        while position < text.count {
            let (scalar, length) = UTF8Bytes.scalar(text, at: position, end: text.count)
            body(scalar, &result)
            position += length
        }
        text = result
    }

    private static func nmt(_ scalar: Unicode.Scalar, _ result: inout [UInt8]) {
        switch scalar.value {
        case 0x1...0x8, 0xB, 0xE...0x1F, 0x7F, 0x8F, 0x9F: break
        case 0x9, 0xA, 0xC, 0xD, 0x1680, 0x200B...0x200F, 0x2028, 0x2029, 0x2581, 0xFEFF, 0xFFFD:
            result.append(0x20)
        default: UTF8Bytes.append(scalar, to: &result)
        }
    }

    /// Grapheme by grapheme if short, else character by character, each replaced whole by its shortest rule: not what
    /// sentencepiece does with the same map, and kept because ids must equal those of tokenizers.
    private func precompiled(_ text: inout [UInt8], _ map: CharacterMap) {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        for grapheme in UTF8Bytes.string(text) {
            let bytes = Array(String(grapheme).utf8)
            if bytes.count < 6, let replaced = map.shortest(bytes, at: 0, end: bytes.count) {
                result += replaced
                continue
            }
            var position = 0
            while position < bytes.count {
                let end = position + UTF8Bytes.length(bytes[position])
                if let replaced = map.shortest(bytes, at: position, end: end) {
                    result += replaced
                } else {
                    result += bytes[position..<end]
                }
                position = end
            }
        }
        text = result
    }
}
