import HireFiles

/// Reads the components of a tokenizer.json; a component or a member that is not known is an error that names it.
enum ComponentReader {
    /// Sequences within each other.
    static let deepest = 16

    // MARK: Normalizers

    static func normalizer(_ field: JSONField, depth: Int = 0) throws -> TextNormalizer {
        let (kind, allow) = try kind(field, depth)
        switch kind {
        case "Sequence":
            try allow(["normalizers"])
            let steps = try field.required("normalizers").array()
            return .sequence(try steps.map { try normalizer($0, depth: depth + 1) })
        case "Prepend":
            try allow(["prepend"])
            return .prepend(try field.required("prepend").token())
        case "Replace":
            try allow(["pattern", "content"])
            let content = try field.required("content").token()
            return .replace(try pattern(field.required("pattern")), content)
        case "Strip":
            try allow(["strip_left", "strip_right"])
            return .strip(
                left: try field.required("strip_left").bool(),
                right: try field.required("strip_right").bool())
        case "NFC", "NFD", "NFKC", "NFKD", "Lowercase", "StripAccents", "Nmt":
            try allow([])
            return simple[kind] ?? .sequence([])
        case "Precompiled":
            try allow(["precompiled_charsmap"])
            let map = try field.required("precompiled_charsmap")
            guard let bytes = Base64.decode(try map.string()) else {
                throw map.bad("is not base64")
            }
            return .precompiled(
                try CharacterMap(bytes[...], path: "\(field.path), '\(map.key)' decoded"))
        default:
            throw unknown(
                field, "normalizer", kind,
                ["Sequence", "Prepend", "Replace", "Strip", "Precompiled"] + simple.keys)
        }
    }

    private static let simple: [String: TextNormalizer] = [
        "NFC": .nfc, "NFD": .nfd, "NFKC": .nfkc, "NFKD": .nfkd, "Lowercase": .lowercase,
        "StripAccents": .stripAccents, "Nmt": .nmt,
    ]

    // MARK: Pre-tokenizers

    static func preTokenizer(_ field: JSONField, depth: Int = 0) throws -> PreTokenizer {
        let (kind, allow) = try kind(field, depth)
        switch kind {
        case "Sequence":
            try allow(["pretokenizers"])
            let steps = try field.required("pretokenizers").array()
            return .sequence(try steps.map { try preTokenizer($0, depth: depth + 1) })
        case "ByteLevel":
            try allow(["add_prefix_space", "trim_offsets", "use_regex"])
            let words = try TextPattern(
                expression: ByteAlphabet.expression, path: field.path, key: field.key)
            return .byteLevel(
                addsPrefixSpace: try field.required("add_prefix_space").bool(),
                words: try field.flag("use_regex", true) ? words : nil)
        case "Metaspace":
            try allow(["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
            let (replacement, scheme) = try metaspace(field)
            return .metaspace(
                replacement: replacement, scheme, splits: try field.flag("split", true))
        case "Split":
            try allow(["pattern", "behavior", "invert"])
            return .split(
                try pattern(field.required("pattern")), try behavior(field),
                inverted: try field.flag("invert", false))
        case "Digits":
            try allow(["individual_digits"])
            return .digits(individual: try field.flag("individual_digits", false))
        case "Whitespace":
            try allow([])
            return .whitespace
        case "WhitespaceSplit":
            try allow([])
            return .whitespaceSplit
        case "Punctuation":
            try allow(["behavior"])
            return .punctuation(field.optional("behavior") == nil ? .isolated : try behavior(field))
        case "CharDelimiterSplit":
            try allow(["delimiter"])
            return .delimiter(try scalar(field.required("delimiter")))
        default:
            throw unknown(
                field, "pre_tokenizer", kind,
                [
                    "Sequence", "ByteLevel", "Metaspace", "Split", "Digits", "Whitespace",
                    "WhitespaceSplit", "Punctuation", "CharDelimiterSplit",
                ])
        }
    }

    private static func metaspace(
        _ field: JSONField
    ) throws -> ([UInt8], PreTokenizer.PrependScheme) {
        var replacement: [UInt8] = []
        UTF8Bytes.append(try scalar(field.required("replacement")), to: &replacement)
        if let scheme = field.optional("prepend_scheme") {
            let name = try scheme.string()
            guard let known = PreTokenizer.PrependScheme(rawValue: name) else {
                throw scheme.bad(
                    "is unknown", expected: "'first', 'always' or 'never'", got: "'\(name)'")
            }
            return (replacement, known)
        }
        // Files of before 2024 say it with a boolean.
        return (replacement, try field.flag("add_prefix_space", true) ? .always : .never)
    }

    private static func behavior(_ field: JSONField) throws -> SplitBehavior {
        let member = try field.required("behavior")
        let name = try member.string()
        guard let known = SplitBehavior(rawValue: name) else {
            throw member.bad(
                "is unknown",
                got: NearestNames.sentence(
                    kind: "behaviour", name: name, among: SplitBehavior.allCases.map(\.rawValue)))
        }
        return known
    }

    // MARK: Decoders

    static func decoder(_ field: JSONField, depth: Int = 0) throws -> TokenDecoder {
        let (kind, allow) = try kind(field, depth)
        switch kind {
        case "Sequence":
            try allow(["decoders"])
            let steps = try field.required("decoders").array()
            return .sequence(try steps.map { try decoder($0, depth: depth + 1) })
        case "Replace":
            try allow(["pattern", "content"])
            let pattern = try field.required("pattern")
            guard let text = pattern.optional("String") else {
                throw pattern.bad("is not supported in a decoder", expected: "a String")
            }
            return .replace(try text.token(), try field.required("content").token())
        case "ByteFallback":
            try allow([])
            return .byteFallback
        case "Fuse":
            try allow([])
            return .fuse
        case "Strip":
            try allow(["content", "start", "stop"])
            return .strip(
                try scalar(field.required("content")), start: try field.required("start").id(),
                stop: try field.required("stop").id())
        case "ByteLevel":
            try allow(["add_prefix_space", "trim_offsets", "use_regex"])
            return .byteLevel
        case "Metaspace":
            try allow(["replacement", "prepend_scheme", "split", "add_prefix_space", "str_rep"])
            let (replacement, scheme) = try metaspace(field)
            return .metaspace(replacement: replacement, keepsFirst: scheme == .never)
        default:
            throw unknown(
                field, "decoder", kind,
                ["Sequence", "Replace", "ByteFallback", "Fuse", "Strip", "ByteLevel", "Metaspace"])
        }
    }

    // MARK: Parts of components

    /// The type of a component, and a check of its other members.
    static func kind(
        _ field: JSONField, _ depth: Int
    ) throws -> (String, ([String]) throws -> Void) {
        if depth > deepest {
            throw field.bad("is nested too deep", expected: "at most \(deepest) sequences")
        }
        return (try field.required("type").string(), { try field.allow(["type"] + $0) })
    }

    static func unknown(
        _ field: JSONField, _ noun: String, _ kind: String, _ known: [String]
    ) -> FileError {
        field.bad(
            "is not supported",
            got: NearestNames.sentence(kind: noun, name: kind, among: known.sorted()))
    }

    static func pattern(_ field: JSONField) throws -> TextPattern {
        try field.allow(["String", "Regex"])
        if let text = field.optional("String") {
            return TextPattern(literal: try text.token(), path: field.path)
        }
        let expression = try field.required("Regex")
        return try TextPattern(
            expression: try expression.string(), path: field.path, key: expression.key)
    }

    private static func scalar(_ field: JSONField) throws -> Unicode.Scalar {
        let scalars = try field.string().unicodeScalars
        guard scalars.count == 1, let scalar = scalars.first else {
            throw field.bad("does not fit", expected: "one character", got: "\(scalars.count)")
        }
        return scalar
    }
}
