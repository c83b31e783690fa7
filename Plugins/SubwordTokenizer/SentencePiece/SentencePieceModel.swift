import HireFiles

/// A `tokenizer.model` at work: normalise, choose pieces, and back.
///
/// Ids equal those of sentencepiece's own processor.
struct SentencePieceModel {
    let file: SentencePieceFile
    let table: TokenTable
    private let model: any SubwordModel
    private let normalizer: SentencePieceNormalizer
    private let normalizerWithoutPrefix: SentencePieceNormalizer

    /// Builds the tables.
    ///
    /// - Throws: `FileError` if a piece stands twice.
    init(_ file: SentencePieceFile) throws {
        self.file = file
        table = try file.makeTable()
        let userDefined = ByteTrie(
            file.pieces.enumerated().filter { $0.element.kind == .userDefined }.map {
                ($0.element.text, $0.offset)
            })
        let isMergeable = file.pieces.map { [.normal, .userDefined, .unused].contains($0.kind) }
        if file.algorithm == .bpe {
            model = ScoredMergeModel(
                table: table, file: file, isMergeable: isMergeable, userDefined: userDefined)
        } else {
            model = Self.unigram(file, table)
        }
        func normalizer(prefix: Bool) -> SentencePieceNormalizer {
            SentencePieceNormalizer(
                map: file.characterMap, userDefined: userDefined, addsDummyPrefix: prefix,
                removesExtraSpaces: file.removesExtraSpaces, escapesSpaces: file.escapesSpaces,
                treatsSpaceAsSuffix: file.treatsSpaceAsSuffix)
        }
        self.normalizer = normalizer(prefix: file.addsDummyPrefix)
        normalizerWithoutPrefix = normalizer(prefix: false)
    }

    private static func unigram(_ file: SentencePieceFile, _ table: TokenTable) -> UnigramModel {
        let usable = file.pieces.enumerated().filter {
            $0.element.kind == .normal || $0.element.kind == .userDefined
        }
        let normal = file.pieces.filter { $0.kind == .normal }.map(\.score)
        return UnigramModel(
            table: table, trie: ByteTrie(usable.map { ($0.element.text, $0.offset) }),
            scores: file.pieces.map { Double($0.score) },
            isUserDefined: file.pieces.map { $0.kind == .userDefined }, unknown: file.unknown,
            roundsToFloat: true, fusesUnknown: file.byteIDs == nil, byteIDs: file.byteIDs,
            lowestScore: Double(normal.min() ?? 0), highestScore: Double(normal.max() ?? 0),
            path: file.path)
    }

    /// The ids of a text.
    ///
    /// - Parameter addsPrefix: false leaves out the space that the model puts in front of every text.
    func encode(_ text: [UInt8], addsPrefix: Bool = true) throws -> [Int] {
        let chosen = addsPrefix ? normalizer : normalizerWithoutPrefix
        let normalized = chosen.normalize(text)
        var ids: [Int] = []
        try model.encode(normalized, 0..<normalized.count, into: &ids)
        return ids
    }

    /// The text of ids as sentencepiece decodes them; ids that do not exist give nothing.
    ///
    /// - Parameters:
    ///   - added: the text of ids beyond the model's, and of ids that stand for themselves; nil for all others.
    ///   - stripsPrefix: whether the space that stands for the beginning of a text is taken away.
    func decode(_ ids: [Int], stripsPrefix: Bool = true, added: (Int) -> [UInt8]?) -> [UInt8] {
        var result: [UInt8] = []
        var bytes: [UInt8] = []
        var expectsPrefix = stripsPrefix && (file.addsDummyPrefix || file.removesExtraSpaces)
        func flush() {
            if bytes.isEmpty { return }
            Self.append(bytes, &result)
            bytes.removeAll()
            expectsPrefix = false
        }
        for id in ids {
            if let text = added(id) {
                flush()
                result += text
                expectsPrefix = expectsPrefix && text.isEmpty
                continue
            }
            guard file.pieces.indices.contains(id) else { continue }
            let piece = file.pieces[id]
            if piece.kind == .byte, let byte = UTF8Bytes.byteToken(piece.text) {
                bytes.append(byte)
                continue
            }
            flush()
            if piece.kind == .control { continue }
            if piece.kind == .unknown {
                result += file.unknownSurface
                expectsPrefix = false
                continue
            }
            var text = piece.text[...]
            var sawPrefix = false
            if expectsPrefix, text.starts(with: UTF8Bytes.spaceSymbol) {
                text = text.dropFirst(3)
                sawPrefix = !file.removesExtraSpaces
            }
            Self.appendUnescaped(text, &result)
            if sawPrefix || !result.isEmpty { expectsPrefix = false }
        }
        flush()
        return result
    }

    /// The text of a run of bytes; each byte that belongs to no character becomes U+FFFD.
    private static func append(_ bytes: [UInt8], _ result: inout [UInt8]) {
        var position = 0
        while position < bytes.count {
            let (scalar, length) = UTF8Bytes.scalar(bytes, at: position, end: bytes.count)
            UTF8Bytes.append(scalar, to: &result)
            position += length
        }
    }

    private static func appendUnescaped(_ piece: ArraySlice<UInt8>, _ result: inout [UInt8]) {
        var position = piece.startIndex
        while position < piece.endIndex {
            if piece[position...].starts(with: UTF8Bytes.spaceSymbol) {
                result.append(0x20)
                position += 3
            } else {
                result.append(piece[position])
                position += 1
            }
        }
    }
}
