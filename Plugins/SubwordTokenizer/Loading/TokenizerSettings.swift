import HireFiles

/// What stands beside a tokenizer's main file: tokenizer_config.json, special_tokens_map.json, added_tokens.json.
///
/// Keys that belong to Python classes (chat templates, lengths, class names) are passed over.
struct TokenizerSettings {
    /// A token named for a purpose.
    struct NamedToken {
        let content: [UInt8]
        let field: JSONField
    }

    private(set) var beginningOfText: NamedToken?
    private(set) var endOfText: NamedToken?
    private(set) var padding: NamedToken?
    private(set) var unknown: NamedToken?
    /// Further special tokens, such as `<image>`.
    private(set) var extra: [NamedToken] = []
    private(set) var addsBeginning: Bool?
    private(set) var addsEnd: Bool?
    private(set) var isLegacy: Bool?
    private(set) var addsPrefixSpace: Bool?
    /// Tokens with their ids.
    private(set) var addedTokens: [(token: AddedToken, field: JSONField)] = []
    /// Whether there is a tokenizer_config.json.
    private(set) var hasConfiguration = false

    /// Nothing beside the main file.
    init() {}

    /// Reads what a folder has of them.
    ///
    /// - Throws: `FileError` naming the file and the key.
    init(folder: String, in fileSystem: any FileSystem) throws {
        func read(_ name: String) throws -> JSONField? {
            let path = FilePath.join(folder, name)
            return try fileSystem.exists(path) ? try JSONField.read(path, in: fileSystem) : nil
        }
        let configuration = try read("tokenizer_config.json")
        hasConfiguration = configuration != nil
        let map = try read("special_tokens_map.json")
        func named(_ key: String) throws -> NamedToken? {
            guard let field = configuration?.optional(key) ?? map?.optional(key) else { return nil }
            return try Self.named(field)
        }
        beginningOfText = try named("bos_token")
        endOfText = try named("eos_token")
        padding = try named("pad_token")
        unknown = try named("unk_token")
        for source in [configuration, map].compactMap({ $0 }) {
            for key in ["additional_special_tokens", "extra_special_tokens"] {
                if let field = source.optional(key) { extra += try Self.list(field) }
            }
        }
        addsBeginning = try configuration?.optional("add_bos_token")?.bool()
        addsEnd = try configuration?.optional("add_eos_token")?.bool()
        isLegacy = try configuration?.optional("legacy")?.bool()
        addsPrefixSpace = try configuration?.optional("add_prefix_space")?.bool()
        if let decoder = configuration?.optional("added_tokens_decoder") {
            try readDecoder(decoder)
        } else if let list = try read("added_tokens.json") {
            for (name, field) in try list.members() {
                let content = try Self.content(name, field)
                let token = AddedToken(
                    id: try field.id(), content: content, isSpecial: isNamed(content))
                addedTokens.append((token, field))
            }
        }
    }

    private mutating func readDecoder(_ decoder: JSONField) throws {
        for (name, field) in try decoder.members() {
            guard let id = Int(name), id >= 0, id < TokenTable.largestCount, String(id) == name
            else {
                throw field.bad(
                    "is no id", expected: "0 to \(TokenTable.largestCount - 1)", got: "'\(name)'")
            }
            addedTokens.append((try Self.token(field, id: id), field))
        }
    }

    /// Whether a token is one of those named for a purpose.
    private func isNamed(_ content: [UInt8]) -> Bool {
        ([beginningOfText, endOfText, padding, unknown].compactMap { $0 } + extra).contains {
            $0.content == content
        }
    }

    /// The name under which a member stands, as bytes.
    private static func content(_ name: String, _ field: JSONField) throws -> [UInt8] {
        let content = Array(name.utf8)
        guard !content.isEmpty, content.count <= TokenTable.longestToken else {
            throw field.bad(
                "is no token", expected: "1 to \(TokenTable.longestToken) bytes",
                got: "\(content.count)")
        }
        return content
    }

    private static func list(_ field: JSONField) throws -> [NamedToken] {
        switch field.value {
        case .array: try field.array().map(named)
        case .object: try field.members().map { try named($0.field) }
        default:
            throw field.bad("does not fit", expected: "an array", got: field.value.kindName)
        }
    }

    private static func named(_ field: JSONField) throws -> NamedToken {
        if case .object = field.value {
            let content = try field.required("content")
            return NamedToken(content: try nonEmpty(content), field: field)
        }
        return NamedToken(content: try nonEmpty(field), field: field)
    }

    private static func nonEmpty(_ field: JSONField) throws -> [UInt8] {
        let content = try field.token()
        if content.isEmpty { throw field.bad("is empty", expected: "a token") }
        return content
    }

    /// An added token written as an object with its flags.
    ///
    /// - Throws: `FileError` for missing or unknown members.
    static func token(_ field: JSONField, id: Int) throws -> AddedToken {
        try field.allow([
            "id", "content", "single_word", "lstrip", "rstrip", "normalized", "special", "__type",
        ])
        let content = try nonEmpty(field.required("content"))
        let isSpecial = try field.flag("special", false)
        return AddedToken(
            id: id, content: content, stripsLeft: try field.flag("lstrip", false),
            stripsRight: try field.flag("rstrip", false),
            isSingleWord: try field.flag("single_word", false),
            isNormalized: try field.flag("normalized", !isSpecial), isSpecial: isSpecial)
    }
}
