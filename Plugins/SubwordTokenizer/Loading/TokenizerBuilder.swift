import HireFiles

/// Joins a model with what the other files say: named tokens, added tokens, what stands around a text.
struct TokenizerBuilder {
    let settings: TokenizerSettings
    let path: String
    private(set) var added = AddedTokens()
    private(set) var beginning: Int?
    private(set) var end: Int?
    private(set) var padding: Int?
    private(set) var unknown: Int?

    /// Begins with what a folder says beside its main file.
    init(settings: TokenizerSettings, path: String) {
        self.settings = settings
        self.path = path
    }

    /// Adds tokens with ids, of a tokenizer.json or of the settings.
    ///
    /// - Throws: `FileError` if a token or an id is taken by another.
    mutating func add(_ token: AddedToken, _ field: JSONField, to table: TokenTable) throws {
        if let id = table.find(token.content), id != token.id {
            throw field.bad(
                "gives the token '\(UTF8Bytes.string(token.content))' another id than the vocabulary",
                expected: "\(id)", got: "\(token.id)")
        }
        if let other = table.token(token.id), !other.elementsEqual(token.content) {
            throw field.bad(
                "has an id that another token has",
                got: "\(token.id), that of '\(UTF8Bytes.string(other))'")
        }
        if let other = added[token.content], other.id != token.id {
            throw field.bad(
                "gives the token '\(UTF8Bytes.string(token.content))' a second id",
                expected: "\(other.id)", got: "\(token.id)")
        }
        if let other = added[id: token.id], other.content != token.content {
            throw field.bad(
                "has an id that another token has",
                got: "\(token.id), that of '\(UTF8Bytes.string(other.content))'")
        }
        added.insert(token)
    }

    /// Adds what the settings list and name; a named token that is nowhere else gets the next id.
    ///
    /// - Throws: `FileError` if two tokens share an id.
    mutating func addSettings(to table: TokenTable) throws {
        for (token, field) in settings.addedTokens { try add(token, field, to: table) }
        beginning = try named(settings.beginningOfText, table)
        end = try named(settings.endOfText, table)
        unknown = try named(settings.unknown, table)
        for token in settings.extra { _ = try named(token, table) }
        padding = try named(settings.padding, table)
    }

    private mutating func named(
        _ token: TokenizerSettings.NamedToken?, _ table: TokenTable
    ) throws -> Int? {
        guard let token else { return nil }
        if let known = added[token.content] { return known.id }
        let largest = added.tokens.map(\.id).max() ?? -1
        let id = table.find(token.content) ?? max(table.idBound, largest + 1)
        guard id < TokenTable.largestCount else {
            throw token.field.bad("needs an id beyond the limit", got: "\(id)")
        }
        added.insert(AddedToken(id: id, content: token.content))
        return id
    }

    /// Makes a token of the model one that is found in texts.
    mutating func addSpecial(_ id: Int, of table: TokenTable) {
        guard added[id: id] == nil, let content = table.token(id) else { return }
        added.insert(AddedToken(id: id, content: Array(content)))
    }

    /// Names tokens that only the model itself names.
    mutating func nameFromModel(beginning: Int?, end: Int?, padding: Int?, unknown: Int?) {
        self.beginning = self.beginning ?? beginning
        self.end = self.end ?? end
        self.padding = self.padding ?? padding
        self.unknown = self.unknown ?? unknown
    }

    /// The tokenizer.
    ///
    /// - Parameter frame: what stands around a text unless the settings say otherwise.
    func tokenizer(_ pipeline: any TextPipeline, frame: SpecialFrame) -> PretrainedTokenizer {
        var frame = frame
        if settings.addsBeginning != nil || settings.addsEnd != nil {
            let begins = settings.addsBeginning ?? !frame.before.isEmpty
            let ends = settings.addsEnd ?? !frame.after.isEmpty
            frame.before = begins ? beginning.map { [$0] } ?? [] : []
            frame.after = ends ? end.map { [$0] } ?? [] : []
        }
        return PretrainedTokenizer(
            pipeline: pipeline, frame: frame, beginning: beginning, end: end, padding: padding,
            unknown: unknown)
    }
}
