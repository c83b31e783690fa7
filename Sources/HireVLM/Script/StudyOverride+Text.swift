import HireFiles

extension StudyOverride {
    /// The override that a word of the command line stands for: `key=value` or `key=value,value`.
    ///
    /// The key is a dotted path of identifiers. Values are separated by commas outside quotation marks, brackets and
    /// braces; each is what it means as JSON, or else a text as it stands.
    ///
    /// - Throws: `StudyOverrideError`.
    public init(parsing text: String) throws {
        guard let sign = text.firstIndex(of: "=") else {
            throw StudyOverrideError(
                "'\(text)' is no override: write key=value, as in training.steps=100; what the script itself is given "
                    + "stands behind --.")
        }
        let key = String(text[..<sign])
        try StudyOverride.check(key: key, of: text)
        let values = try StudyOverride.pieces(of: text[text.index(after: sign)...], in: text)
        self.init(key: key, values: try values.map { try Self.value($0, in: text) }, text: text)
    }

    /// The overrides that several words stand for.
    ///
    /// - Throws: `StudyOverrideError`, also for a key that is given twice or lies inside another one.
    public static func parse(_ words: [String]) throws -> [StudyOverride] {
        let overrides = try words.map(StudyOverride.init(parsing:))
        for (index, later) in overrides.enumerated() {
            for earlier in overrides[..<index] {
                if earlier.key == later.key {
                    throw StudyOverrideError(
                        "\(later.key) is given twice, by '\(earlier.text)' and '\(later.text)'; several values of one key "
                            + "are separated by commas: \(later.key)=1,2.")
                }
                let (outer, inner) =
                    earlier.key.count < later.key.count ? (earlier, later) : (later, earlier)
                if inner.key.hasPrefix(outer.key + ".") {
                    throw StudyOverrideError(
                        "'\(inner.text)' changes a part of what '\(outer.text)' replaces; write the part into the value "
                            + "of \(outer.key) or leave one of them out.")
                }
            }
        }
        return overrides
    }

    /// Refuses lists that cannot be walked side by side.
    ///
    /// - Throws: `StudyOverrideError` naming the numbers of values.
    public static func checkZip(_ overrides: [StudyOverride]) throws {
        let lists = overrides.filter { $0.values.count > 1 }
        guard Set(lists.map(\.values.count)).count > 1 else { return }
        let counts = lists.map { "\($0.key) has \($0.values.count)" }.joined(separator: ", ")
        throw StudyOverrideError(
            "--zip takes the first value of every key, then the second and so on, so each key needs as many values as "
                + "the others, or one: \(counts).")
    }

    /// Refuses what is no dotted path of identifiers.
    ///
    /// - Throws: `StudyOverrideError`.
    public static func check(key: String, of text: String) throws {
        if key.isEmpty {
            throw StudyOverrideError(
                "'\(text)' has no key: write key=value, as in training.steps=100.")
        }
        let parts = key.split(separator: ".", omittingEmptySubsequences: false)
        guard let wrong = parts.first(where: { !isIdentifier($0) }) else { return }
        let reason =
            wrong.isEmpty
            ? "a part between its dots is empty"
            : "'\(wrong)' is no identifier (letters, digits, _ and -, beginning with a letter or _)"
        throw StudyOverrideError(
            "'\(key)' cannot be a key: \(reason). Keys look like training.steps or recipe.enricher.id."
        )
    }

    private static func isIdentifier(_ part: Substring) -> Bool {
        guard let first = part.unicodeScalars.first, isLetter(first) else { return false }
        return part.unicodeScalars.allSatisfy {
            isLetter($0) || ("0"..."9").contains($0) || $0 == "-"
        }
    }

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    /// The texts between commas that stand outside quotation marks, brackets and braces.
    private static func pieces(of values: Substring, in text: String) throws -> [String] {
        var pieces = [""]
        var open: [Unicode.Scalar] = []
        var (isQuoted, isEscaped) = (false, false)
        for scalar in values.unicodeScalars {
            if isQuoted {
                if !isEscaped, scalar == "\"" { isQuoted = false }
                isEscaped = !isEscaped && scalar == "\\"
            } else {
                switch scalar {
                case "\"": isQuoted = true
                case "[": open.append("]")
                case "{": open.append("}")
                case "]", "}":
                    guard open.popLast() == scalar else {
                        throw StudyOverrideError(
                            "'\(text)' closes a \(scalar) that nothing opened.")
                    }
                case "," where open.isEmpty:
                    pieces.append("")
                    continue
                default: break
                }
            }
            pieces[pieces.count - 1].unicodeScalars.append(scalar)
        }
        if isQuoted {
            throw StudyOverrideError(
                "'\(text)' opens a quotation mark and does not close it; shells take unprotected ones away: write "
                    + "'key=\"a text, with a comma\"'.")
        }
        if let missing = open.last {
            throw StudyOverrideError("'\(text)' lacks a closing \(missing).")
        }
        return pieces
    }

    private static func value(_ piece: String, in text: String) throws -> JSONValue {
        guard let first = piece.firstIndex(where: { $0 != " " }),
            let last = piece.lastIndex(where: { $0 != " " })
        else {
            throw StudyOverrideError(
                "'\(text)' has an empty value; an empty text is written \"\", as in 'name=\"\"'.")
        }
        let word = String(piece[first...last])
        do {
            return try JSONParser.parse(word, source: "the value")
        } catch let error as JSONError {
            // Globs begin with brackets and braces too; these beginnings mean JSON.
            let isMeant = ["\"", "{\"", "[\"", "[{", "[["].contains { word.hasPrefix($0) }
            if !isMeant { return .string(word) }
            throw StudyOverrideError(
                "'\(text)' has a value that begins like JSON and is none: \(error.problem).")
        }
    }
}
