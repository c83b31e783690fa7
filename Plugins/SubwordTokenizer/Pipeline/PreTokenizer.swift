/// A step that cuts a text into pieces, which the model sees one by one; the names and rules are those of Hugging Face's tokenizers.
indirect enum PreTokenizer {
    /// When Metaspace puts its symbol in front of a text.
    enum PrependScheme: String, CaseIterable {
        case first, always, never
    }

    case sequence([PreTokenizer])
    case byteLevel(addsPrefixSpace: Bool, words: TextPattern?)
    case metaspace(replacement: [UInt8], PrependScheme, splits: Bool)
    case split(TextPattern, SplitBehavior, inverted: Bool)
    case digits(individual: Bool)
    case whitespace
    case whitespaceSplit
    case punctuation(SplitBehavior)
    case delimiter(Unicode.Scalar)

    /// Cuts.
    ///
    /// - Throws: `FileError` if a pattern takes too many steps.
    func apply(_ tokens: inout PreTokens) throws {
        switch self {
        case .sequence(let steps): for step in steps { try step.apply(&tokens) }
        case .byteLevel(let addsPrefixSpace, let words):
            try byteLevel(&tokens, addsPrefixSpace, words)
        case .metaspace(let replacement, let scheme, let splits):
            metaspace(&tokens, replacement, scheme, splits)
        case .split(let pattern, let behavior, let inverted):
            try tokens.split(behavior, inverted: inverted, matches: pattern.matches)
        case .digits(let individual):
            tokens.split(individual ? .isolated : .contiguous, at: CharacterKinds.isNumeric)
        case .whitespace: tokens.split(.removed, inverted: true, matches: PreTokenizer.words)
        case .whitespaceSplit: tokens.split(.removed, at: CharacterKinds.isSpace)
        case .punctuation(let behavior): tokens.split(behavior, at: CharacterKinds.isPunctuation)
        case .delimiter(let delimiter): tokens.split(.removed) { $0 == delimiter }
        }
    }

    private func byteLevel(
        _ tokens: inout PreTokens, _ addsPrefixSpace: Bool, _ words: TextPattern?
    ) throws {
        if addsPrefixSpace {
            tokens.rewrite { piece, _, text, output in
                if text[piece.lowerBound] != 0x20 { output.append(0x20) }
                output += text[piece]
            }
        }
        if let words { try tokens.split(.isolated, matches: words.matches) }
        tokens.rewrite { piece, _, text, output in
            for byte in text[piece] { output += ByteAlphabet.characters[Int(byte)] }
        }
    }

    private func metaspace(
        _ tokens: inout PreTokens, _ replacement: [UInt8], _ scheme: PrependScheme, _ splits: Bool
    ) {
        tokens.rewrite { piece, isFirst, text, output in
            let hasSymbol =
                text[piece.lowerBound] == 0x20 || text[piece].starts(with: replacement)
            if scheme == .always || (scheme == .first && isFirst), !hasSymbol {
                output += replacement
            }
            for byte in text[piece] {
                if byte == 0x20 { output += replacement } else { output.append(byte) }
            }
        }
        if splits {
            tokens.split(.mergedWithNext) { text, piece in
                UTF8Bytes.find(replacement, in: text, piece)
            }
        }
    }

    /// Runs of word characters, and runs of what is neither a word character nor white space.
    private static func words(_ text: [UInt8], _ piece: Range<Int>) -> [Range<Int>] {
        var found: [Range<Int>] = []
        var wasWord: Bool?
        var position = piece.lowerBound
        while position < piece.upperBound {
            let (scalar, length) = UTF8Bytes.scalar(text, at: position, end: piece.upperBound)
            let isWord =
                CharacterKinds.isSpace(scalar) ? nil : CharacterKinds.isWordOrJoiner(scalar)
            if isWord != nil {
                if isWord == wasWord, let last = found.indices.last {
                    found[last] = found[last].lowerBound..<(position + length)
                } else {
                    found.append(position..<(position + length))
                }
            }
            wasWord = isWord
            position += length
        }
        return found
    }
}
