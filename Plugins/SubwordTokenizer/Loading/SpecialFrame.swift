import HireFiles

/// The special tokens that stand around a text.
struct SpecialFrame {
    var before: [Int] = []
    var after: [Int] = []

    /// Nothing around a text.
    init() {}

    /// Reads a tokenizer.json's post-processor for single texts.
    ///
    /// - Throws: `FileError` naming the key.
    init(_ field: JSONField, vocabularySize: Int, depth: Int = 0) throws {
        let (kind, allow) = try ComponentReader.kind(field, depth)
        switch kind {
        case "TemplateProcessing":
            try allow(["single", "pair", "special_tokens"])
            try readTemplate(field, vocabularySize)
        case "ByteLevel":
            // It moves offsets only.
            try allow(["add_prefix_space", "trim_offsets", "use_regex"])
        case "Sequence":
            try allow(["processors"])
            for step in try field.required("processors").array() {
                let inner = try SpecialFrame(step, vocabularySize: vocabularySize, depth: depth + 1)
                before = inner.before + before
                after += inner.after
            }
        default:
            throw ComponentReader.unknown(
                field, "post_processor", kind, ["TemplateProcessing", "ByteLevel", "Sequence"])
        }
    }

    private mutating func readTemplate(_ field: JSONField, _ vocabularySize: Int) throws {
        let tokens = try field.required("special_tokens")
        var isAfter = false
        for item in try field.required("single").array() {
            try item.allow(["SpecialToken", "Sequence"])
            if let special = item.optional("SpecialToken") {
                let name = try special.required("id").string()
                let ids = try tokens.required(name).required("ids").array().map {
                    try idField($0, vocabularySize)
                }
                if isAfter { after += ids } else { before += ids }
            } else {
                let sequence = try item.required("Sequence").required("id")
                guard try sequence.string() == "A", !isAfter else {
                    throw sequence.bad("does not fit", expected: "'A', once")
                }
                isAfter = true
            }
        }
        guard isAfter else {
            throw try field.required("single").bad(
                "has no place for the text", expected: "a Sequence 'A'")
        }
    }

    private func idField(_ field: JSONField, _ vocabularySize: Int) throws -> Int {
        let id = try field.id()
        guard id < vocabularySize else {
            throw field.bad(
                "is not in the vocabulary", expected: "below \(vocabularySize)", got: "\(id)")
        }
        return id
    }
}
