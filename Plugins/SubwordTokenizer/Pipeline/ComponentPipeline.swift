/// A `tokenizer.json` at work: added tokens, normalizer, pre-tokenizer, model, and the decoder back.
///
/// The order is that of Hugging Face's tokenizers: tokens that are not normalised are cut out of the raw text, the stretches
/// between them are normalised one by one, and normalised tokens are cut out of those.
struct ComponentPipeline: TextPipeline {
    let model: any SubwordModel
    let added: AddedTokens
    let normalizer: TextNormalizer?
    let preTokenizer: PreTokenizer?
    let decoder: TokenDecoder?
    private let rawFinder: AddedTokenFinder
    private let normalizedFinder: AddedTokenFinder
    /// What normalised added tokens decode to: their normalised form, as in tokenizers 0.23.
    private let normalizedContents: [Int: [UInt8]]

    /// Joins the parts.
    ///
    /// - Throws: `FileError` if a pattern of the normalizer takes too many steps on an added token.
    init(
        model: any SubwordModel, added: AddedTokens, normalizer: TextNormalizer?,
        preTokenizer: PreTokenizer?, decoder: TokenDecoder?
    ) throws {
        self.model = model
        self.added = added
        self.normalizer = normalizer
        self.preTokenizer = preTokenizer
        self.decoder = decoder
        let raw = added.tokens.filter { !$0.isNormalized }
        let normalized = added.tokens.filter(\.isNormalized)
        rawFinder = AddedTokenFinder(raw, contents: raw.map(\.content))
        let contents = try normalized.map { token in
            var content = token.content
            try normalizer?.apply(&content)
            return content
        }
        normalizedFinder = AddedTokenFinder(normalized, contents: contents)
        normalizedContents = Dictionary(
            uniqueKeysWithValues: zip(normalized.map(\.id), contents))
    }

    var table: TokenTable { model.table }

    func encode(_ text: [UInt8]) throws -> [Int] {
        var ids: [Int] = []
        for part in rawFinder.split(text) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range):
                var stretch = Array(text[range])
                try normalizer?.apply(&stretch)
                for (index, part) in normalizedFinder.split(stretch).enumerated() {
                    switch part {
                    case .token(let id): ids.append(id)
                    case .text(let inner):
                        let isStart = range.lowerBound == 0 && index == 0
                        try encode(Array(stretch[inner]), isTextStart: isStart, &ids)
                    }
                }
            }
        }
        return ids
    }

    private func encode(_ text: [UInt8], isTextStart: Bool, _ ids: inout [Int]) throws {
        var tokens = PreTokens(text, isTextStart: isTextStart)
        try preTokenizer?.apply(&tokens)
        for piece in tokens.pieces { try model.encode(tokens.text, piece, into: &ids) }
    }

    func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> [UInt8] {
        var tokens: [[UInt8]] = []
        for id in ids {
            if let token = added[id: id] {
                if skippingSpecialTokens && token.isSpecial { continue }
                tokens.append(normalizedContents[id] ?? token.content)
            } else if let token = table.token(id) {
                tokens.append(Array(token))
            }
        }
        guard let decoder else { return Array(tokens.joined(separator: [0x20])) }
        decoder.apply(&tokens)
        return Array(tokens.joined())
    }
}
