import HireFiles

/// What a `tokenizer.model` holds: sentencepiece's ModelProto, checked.
///
/// Source: sentencepiece_model.proto; the checks are those of sentencepiece's own loader and then some (finite scores, lengths).
struct SentencePieceFile {
    /// What a piece is for.
    enum PieceKind: Int {
        case normal = 1
        case unknown = 2
        case control = 3
        case userDefined = 4
        case unused = 5
        case byte = 6
    }

    /// One entry of the vocabulary; its id is its place.
    struct Piece {
        var text: [UInt8] = []
        var score: Float = 0
        var kind = PieceKind.normal
    }

    /// How pieces are chosen.
    enum Algorithm: Int {
        case unigram = 1
        case bpe = 2
        case word = 3
        case character = 4
    }

    private(set) var pieces: [Piece] = []
    private(set) var algorithm = Algorithm.unigram
    private(set) var fallsBackToBytes = false
    private(set) var treatsSpaceAsSuffix = false
    private(set) var unknownSurface = Array(" \u{2047} ".utf8)
    private(set) var beginPiece = Array("<s>".utf8)
    private(set) var endPiece = Array("</s>".utf8)
    private(set) var paddingPiece = Array("<pad>".utf8)
    /// The rules for characters; nil leaves them as they are.
    private(set) var characterMap: CharacterMap?
    private(set) var addsDummyPrefix = true
    private(set) var removesExtraSpaces = true
    private(set) var escapesSpaces = true
    /// The id of the unknown piece.
    private(set) var unknown = -1
    /// The id of each byte's piece, if characters are spelt in bytes.
    private(set) var byteIDs: [Int]?
    let path: String
    private var offsets: [Int] = []

    /// Reads and checks a model.
    ///
    /// - Throws: `FileError` with the byte of the field or piece that is wrong.
    init(_ bytes: [UInt8], path: String) throws {
        self.path = path
        var reader = ProtobufReader(bytes, path: path)
        while let field = try reader.next() {
            switch field.number {
            case 1:
                try readPiece(reader, field)
            case 2:
                try readTrainer(reader, field)
            case 3:
                try readNormalizer(reader, field)
            case 5:
                try refuseDenormalizer(reader, field)
            default: continue
            }
        }
        try checkPieces(end: bytes.count)
    }

    // MARK: Fields

    private mutating func readPiece(
        _ outer: ProtobufReader, _ field: ProtobufReader.Field
    ) throws {
        if pieces.count == TokenTable.largestCount {
            throw FileError.badData(
                path, at: field.offset, "the model has too many pieces",
                expected: "at most \(TokenTable.largestCount)")
        }
        var piece = Piece()
        let name = "pieces[\(pieces.count)]"
        let range = try outer.bytes(field, name)
        var reader = ProtobufReader(outer.file, path: path, range: range)
        while let part = try reader.next() {
            switch part.number {
            case 1:
                let text = try reader.bytes(part, name + ".piece")
                guard text.count <= TokenTable.longestToken else {
                    throw FileError.badData(
                        path, at: part.offset, "\(name) is too long",
                        expected: "at most \(TokenTable.longestToken) bytes", got: "\(text.count)")
                }
                piece.text = Array(outer.file[text])
            case 2:
                piece.score = try reader.float(part, name + ".score")
                guard piece.score.isFinite else {
                    throw FileError.badData(
                        path, at: part.offset, "the score of \(name) is not finite",
                        got: "\(piece.score)")
                }
            case 3:
                let number = try reader.int(part, name + ".type")
                guard let kind = PieceKind(rawValue: number) else {
                    throw FileError.badData(
                        path, at: part.offset, "the type of \(name) is unknown",
                        expected: "1 to 6", got: "\(number)")
                }
                piece.kind = kind
            default: continue
            }
        }
        pieces.append(piece)
        offsets.append(field.offset)
    }

    private mutating func readTrainer(
        _ outer: ProtobufReader, _ field: ProtobufReader.Field
    ) throws {
        let range = try outer.bytes(field, "trainer_spec")
        var reader = ProtobufReader(outer.file, path: path, range: range)
        while let part = try reader.next() {
            switch part.number {
            case 3:
                let number = try reader.int(part, "trainer_spec.model_type")
                guard let known = Algorithm(rawValue: number), known == .unigram || known == .bpe
                else {
                    throw FileError.badData(
                        path, at: part.offset, "the trainer_spec.model_type is not supported",
                        expected: "1 (unigram) or 2 (bpe)", got: "\(number)")
                }
                algorithm = known
            case 24:
                treatsSpaceAsSuffix = try reader.bool(
                    part, "trainer_spec.treat_whitespace_as_suffix")
            case 35: fallsBackToBytes = try reader.bool(part, "trainer_spec.byte_fallback")
            case 44: unknownSurface = try reader.string(part, "trainer_spec.unk_surface")
            case 46: beginPiece = try reader.string(part, "trainer_spec.bos_piece")
            case 47: endPiece = try reader.string(part, "trainer_spec.eos_piece")
            case 48: paddingPiece = try reader.string(part, "trainer_spec.pad_piece")
            default: continue
            }
        }
    }

    private mutating func readNormalizer(
        _ outer: ProtobufReader, _ field: ProtobufReader.Field
    ) throws {
        let range = try outer.bytes(field, "normalizer_spec")
        var reader = ProtobufReader(outer.file, path: path, range: range)
        while let part = try reader.next() {
            switch part.number {
            case 2:
                let map = try reader.bytes(part, "normalizer_spec.precompiled_charsmap")
                if map.isEmpty { continue }
                characterMap = try CharacterMap(outer.file[map], path: path)
            case 3: addsDummyPrefix = try reader.bool(part, "normalizer_spec.add_dummy_prefix")
            case 4:
                removesExtraSpaces = try reader.bool(
                    part, "normalizer_spec.remove_extra_whitespaces")
            case 5: escapesSpaces = try reader.bool(part, "normalizer_spec.escape_whitespaces")
            default: continue
            }
        }
    }

    private func refuseDenormalizer(
        _ outer: ProtobufReader, _ field: ProtobufReader.Field
    ) throws {
        let range = try outer.bytes(field, "denormalizer_spec")
        var reader = ProtobufReader(outer.file, path: path, range: range)
        while let part = try reader.next() {
            guard part.number == 2 else { continue }
            let map = try reader.bytes(part, "denormalizer_spec.precompiled_charsmap")
            if !map.isEmpty {
                throw FileError.badData(
                    path, at: part.offset, "a denormalizer_spec with rules is not supported")
            }
        }
    }
}

extension SentencePieceFile {
    /// What sentencepiece's loader checks: one unknown piece, no duplicates, all bytes or none.
    private mutating func checkPieces(end: Int) throws {
        var bytes = [Int](repeating: -1, count: 256)
        for (id, piece) in pieces.enumerated() {
            let offset = offsets[id]
            let shown = "'\(UTF8Bytes.string(piece.text))'"
            if piece.text.isEmpty {
                throw FileError.badData(path, at: offset, "pieces[\(id)] is empty")
            }
            if piece.kind == .unknown {
                if unknown >= 0 {
                    throw FileError.badData(
                        path, at: offset, "a second unknown piece, pieces[\(id)] \(shown)",
                        expected: "only pieces[\(unknown)]")
                }
                unknown = id
            }
            if piece.kind == .byte {
                guard fallsBackToBytes else {
                    throw FileError.badData(
                        path, at: offset,
                        "pieces[\(id)] \(shown) is a byte although trainer_spec.byte_fallback is false"
                    )
                }
                guard let byte = UTF8Bytes.byteToken(piece.text), bytes[Int(byte)] < 0 else {
                    throw FileError.badData(
                        path, at: offset, "the byte piece pieces[\(id)] does not fit",
                        expected: "'<0x00>' to '<0xFF>', each once", got: shown)
                }
                bytes[Int(byte)] = id
            }
        }
        guard unknown >= 0 else {
            throw FileError.badData(
                path, at: end, "the model has no unknown piece",
                expected: "one piece of type 2 among \(pieces.count)")
        }
        if fallsBackToBytes {
            if let missing = bytes.firstIndex(of: -1) {
                throw FileError.badData(
                    path, at: end, "trainer_spec.byte_fallback is true and a byte piece is missing",
                    expected: "'\(UTF8Bytes.string(UTF8Bytes.byteToken(UInt8(missing))))'")
            }
            byteIDs = bytes
        }
    }

    /// The vocabulary as a table, refusing pieces that stand twice.
    ///
    /// - Throws: `FileError` with the byte of the second piece.
    func makeTable() throws -> TokenTable {
        var table = TokenTable(count: pieces.count)
        for (id, piece) in pieces.enumerated() where !table.insert(piece.text, id: id) {
            let first = table.find(piece.text).map { "pieces[\($0)]" } ?? "before"
            throw FileError.badData(
                path, at: offsets[id],
                "the piece '\(UTF8Bytes.string(piece.text))' (pieces[\(id)]) stands twice",
                got: "first as \(first)")
        }
        return table
    }
}
