/// A `tokenizer.model` with added tokens around it, as transformers' LlamaTokenizer uses one.
///
/// Without added tokens it is sentencepiece itself. Otherwise added tokens are cut out first, and the stretches between them are
/// encoded one by one: under `legacy` each with the model's own space in front, else with one space in front of the whole text
/// only (transformers pull request 24565).
struct SentencePiecePipeline: TextPipeline {
    let model: SentencePieceModel
    let added: AddedTokens
    let isLegacy: Bool
    /// Whether a text gets a space in front when not `legacy`.
    let addsPrefixSpace: Bool
    private let finder: AddedTokenFinder
    private let unknown: [UInt8]

    /// Joins the parts.
    init(
        model: SentencePieceModel, added: AddedTokens, isLegacy: Bool, addsPrefixSpace: Bool
    ) {
        self.model = model
        self.added = added
        self.isLegacy = isLegacy
        self.addsPrefixSpace = addsPrefixSpace
        finder = AddedTokenFinder(added.tokens, contents: added.tokens.map(\.content))
        unknown = model.file.pieces[model.file.unknown].text
    }

    var table: TokenTable { model.table }

    func encode(_ text: [UInt8]) throws -> [Int] {
        if added.tokens.isEmpty { return try model.encode(text) }
        if text.isEmpty { return [] }
        if isLegacy { return try encodeParts(text) { try model.encode($0) } }
        var whole = UTF8Bytes.replace(UTF8Bytes.spaceSymbol, in: text, with: [0x20])
        if addsPrefixSpace { whole = UTF8Bytes.spaceSymbol + whole }
        var ids = try encodeParts(whole, encodeStretch)
        let lone = table.find(UTF8Bytes.spaceSymbol)
        if ids.count > 1, ids[0] == lone, added[id: ids[1]]?.isSpecial == true {
            ids.removeFirst()
        }
        return ids
    }

    private func encodeParts(
        _ text: [UInt8], _ encode: ([UInt8]) throws -> [Int]
    ) rethrows -> [Int] {
        var ids: [Int] = []
        for part in finder.split(text) {
            switch part {
            case .token(let id): ids.append(id)
            case .text(let range): ids += try encode(Array(text[range]))
            }
        }
        return ids
    }

    /// sentencepiece may strip the spaces with which a text begins; the unknown piece in front, taken away again, keeps them.
    private func encodeStretch(_ text: [UInt8]) throws -> [Int] {
        if text.starts(with: UTF8Bytes.spaceSymbol) || text.first == 0x20 {
            let shield = try model.encode(unknown, addsPrefix: false)
            let ids = try model.encode(unknown + text, addsPrefix: false)
            return Array(ids.dropFirst(shield.count))
        }
        return try model.encode(text, addsPrefix: false)
    }

    func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> [UInt8] {
        let strips = added.tokens.isEmpty || isLegacy || addsPrefixSpace
        return model.decode(ids, stripsPrefix: strips) { id in
            guard let token = added[id: id] else { return nil }
            return skippingSpecialTokens && token.isSpecial ? [] : token.content
        }
    }
}
