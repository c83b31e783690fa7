/// What sentencepiece does to a text before it looks for pieces: rules for characters, spaces, the dummy prefix.
///
/// Source: Normalizer::Normalize in normalizer.cc, step by step.
struct SentencePieceNormalizer {
    let map: CharacterMap?
    /// Left as they are wherever they stand.
    let userDefined: ByteTrie
    let addsDummyPrefix: Bool
    let removesExtraSpaces: Bool
    let escapesSpaces: Bool
    let treatsSpaceAsSuffix: Bool

    private static let space: UInt8 = 0x20

    /// The normalised text.
    func normalize(_ text: [UInt8]) -> [UInt8] {
        var position = 0
        var piece: [UInt8] = []
        if removesExtraSpaces {
            while position < text.count {
                let length = next(text, position, &piece)
                if piece != [Self.space] { break }
                position += length
            }
        }
        if position == text.count { return [] }
        var result: [UInt8] = []
        result.reserveCapacity(text.count + text.count / 2)
        let space = escapesSpaces ? UTF8Bytes.spaceSymbol : [Self.space]
        if addsDummyPrefix, !treatsSpaceAsSuffix { result += space }
        var afterSpace = removesExtraSpaces
        while position < text.count {
            position += next(text, position, &piece)
            var start = 0
            if afterSpace {
                while start < piece.count, piece[start] == Self.space { start += 1 }
            }
            if start < piece.count {
                for byte in piece[start...] {
                    if byte == Self.space { result += space } else { result.append(byte) }
                }
                afterSpace = piece.last == Self.space
            }
            if !removesExtraSpaces { afterSpace = false }
        }
        if removesExtraSpaces {
            while result.suffix(space.count).elementsEqual(space) {
                result.removeLast(space.count)
            }
        }
        if addsDummyPrefix, treatsSpaceAsSuffix { result += space }
        return result
    }

    /// The next normalised piece, and how many bytes it stands for.
    private func next(_ text: [UInt8], _ position: Int, _ piece: inout [UInt8]) -> Int {
        piece.removeAll(keepingCapacity: true)
        if userDefined.begins(with: text[position]),
            let found = userDefined.longest(text, at: position, end: text.count)
        {
            piece.append(contentsOf: text[position..<(position + found.length)])
            return found.length
        }
        if let map, let (replacement, length) = map.longest(text, at: position, end: text.count) {
            piece.append(contentsOf: replacement)
            return length
        }
        let length = min(UTF8Bytes.length(text[position]), text.count - position)
        piece.append(contentsOf: text[position..<(position + length)])
        return length
    }
}
