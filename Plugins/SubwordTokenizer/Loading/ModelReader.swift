import HireFiles

/// Reads the member `model` of a tokenizer.json, and the two files vocab.json and merges.txt.
enum ModelReader {
    /// The model that a tokenizer.json describes.
    ///
    /// - Throws: `FileError` naming the key.
    static func model(_ field: JSONField) throws -> any SubwordModel {
        // Files of before 2020 name no type; theirs is BPE.
        let kind = try field.optional("type")?.string() ?? "BPE"
        switch kind {
        case "BPE": return try merges(field)
        case "Unigram": return try unigram(field)
        default: throw ComponentReader.unknown(field, "model", kind, ["BPE", "Unigram"])
        }
    }

    // MARK: BPE

    private static func merges(_ field: JSONField) throws -> MergeModel {
        try field.allow([
            "type", "dropout", "unk_token", "continuing_subword_prefix", "end_of_word_suffix",
            "fuse_unk", "byte_fallback", "ignore_merges", "vocab", "merges",
        ])
        if let dropout = field.optional("dropout"), try dropout.double() != 0 {
            throw dropout.bad("is not supported: ids would be random", expected: "null or 0")
        }
        let table = try vocabulary(field.required("vocab"))
        var unknown: Int?
        if let token = field.optional("unk_token") {
            guard let id = table.find(try token.token()) else {
                throw token.bad("is not in the vocabulary", got: "'\(try token.string())'")
            }
            unknown = id
        }
        let prefix = try field.optional("continuing_subword_prefix")?.token() ?? []
        let list = try field.required("merges").array()
        guard list.count <= TokenTable.largestCount * 2 else {
            throw field.bad(
                "has too many merges", expected: "at most \(TokenTable.largestCount * 2)",
                got: "\(list.count)")
        }
        var merges = MergeTable(table: table, prefix: prefix, capacity: list.count)
        for entry in list {
            let (left, right) = try pair(entry)
            if let problem = merges.add(left, right) { throw entry.bad(problem) }
        }
        return MergeModel(
            table: table, merges: merges.merges, unknown: unknown,
            fusesUnknown: try field.flag("fuse_unk", false),
            byteIDs: (0..<256).map { table.find(UTF8Bytes.byteToken(UInt8($0))) },
            fallsBackToBytes: try field.flag("byte_fallback", false),
            ignoresMerges: try field.flag("ignore_merges", false), continuingPrefix: prefix,
            endSuffix: try field.optional("end_of_word_suffix")?.token() ?? [])
    }

    /// `"a b"`, or `["a", "b"]` as files since 2024 have it.
    private static func pair(_ entry: JSONField) throws -> ([UInt8], [UInt8]) {
        if case .string = entry.value {
            let parts = Array(try entry.string().utf8).split(
                separator: 0x20, omittingEmptySubsequences: false)
            if parts.count == 2 { return (Array(parts[0]), Array(parts[1])) }
        } else if case .array(let elements) = entry.value, elements.count == 2 {
            let parts = try entry.array().map { try $0.token() }
            return (parts[0], parts[1])
        }
        throw entry.bad(
            "is no merge", expected: "two tokens, as \"a b\" or [\"a\", \"b\"]",
            got: entry.value.kindName)
    }

    private static func vocabulary(_ field: JSONField) throws -> TokenTable {
        guard let members = field.value.objectValue else {
            throw field.bad("does not fit", expected: "an object", got: field.value.kindName)
        }
        try checkCount(members.count, field)
        var table = TokenTable(count: members.count)
        for (name, value) in members.members {
            let entry = JSONField(value: value, key: "\(field.key)['\(name)']", path: field.path)
            let id = try entry.id()
            let token = try JSONField(value: .string(name), key: entry.key, path: field.path)
                .token()
            if !table.insert(token, id: id) {
                let other = table.token(id).map { "'\(UTF8Bytes.string($0))'" } ?? "itself"
                throw entry.bad("has an id that another token has", got: "\(id), that of \(other)")
            }
        }
        return table
    }

    private static func checkCount(_ count: Int, _ field: JSONField) throws {
        guard count > 0, count <= TokenTable.largestCount else {
            throw field.bad(
                "has the wrong number of tokens",
                expected: "1 to \(TokenTable.largestCount)", got: "\(count)")
        }
    }

    // MARK: Unigram

    private static func unigram(_ field: JSONField) throws -> UnigramModel {
        try field.allow(["type", "unk_id", "vocab", "byte_fallback"])
        let list = try field.required("vocab").array()
        try checkCount(list.count, field.required("vocab"))
        var table = TokenTable(count: list.count)
        var scores: [Double] = []
        var keys: [(key: [UInt8], value: Int)] = []
        for (id, entry) in list.enumerated() {
            guard case .array(let parts) = entry.value, parts.count == 2 else {
                throw entry.bad(
                    "is no piece", expected: "[\"token\", score]", got: entry.value.kindName)
            }
            let fields = try entry.array()
            let token = try fields[0].token()
            if !table.insert(token, id: id) {
                let first = table.find(token).map { "vocab[\($0)]" } ?? "before"
                throw entry.bad(
                    "stands twice", got: "'\(UTF8Bytes.string(token))', first as \(first)")
            }
            scores.append(try fields[1].double())
            keys.append((token, id))
        }
        var unknown: Int?
        if let field = field.optional("unk_id") {
            let id = try field.id()
            guard id < list.count else {
                throw field.bad(
                    "is not in the vocabulary", expected: "below \(list.count)", got: "\(id)")
            }
            unknown = id
        }
        var byteIDs: [Int]?
        if try field.flag("byte_fallback", false) {
            let found = (0..<256).compactMap { table.find(UTF8Bytes.byteToken(UInt8($0))) }
            byteIDs = found.count == 256 ? found : nil
        }
        return UnigramModel(
            table: table, trie: ByteTrie(keys), scores: scores,
            isUserDefined: [Bool](repeating: false, count: list.count), unknown: unknown,
            roundsToFloat: false, fusesUnknown: true, byteIDs: byteIDs,
            lowestScore: scores.min() ?? 0, highestScore: scores.max() ?? 0, path: field.path)
    }

    // MARK: vocab.json and merges.txt

    /// A byte-level model from GPT-2's two files.
    ///
    /// - Throws: `FileError` naming the key or the line.
    static func model(
        vocabularyPath: String, mergesPath: String, in fileSystem: any FileSystem
    ) throws -> MergeModel {
        let file = try JSONField.read(vocabularyPath, in: fileSystem)
        let table = try vocabulary(JSONField(value: file.value, key: "vocab", path: file.path))
        let text = try fileSystem.readAll(mergesPath, limit: JSONField.byteLimit)
        var merges = MergeTable(table: table, prefix: [], capacity: 0)
        var offset = 0
        for (number, line) in text.split(separator: 0x0A, omittingEmptySubsequences: false)
            .enumerated()
        {
            let start = offset
            offset += line.count + 1
            let content = line.last == 0x0D ? line.dropLast() : line
            if content.isEmpty || (number == 0 && content.starts(with: "#version".utf8)) {
                continue
            }
            let parts = content.split(separator: 0x20, omittingEmptySubsequences: false)
            guard parts.count == 2, parts.allSatisfy({ $0.count <= TokenTable.longestToken }) else {
                throw FileError.badData(
                    mergesPath, at: start, "line \(number + 1) is no merge",
                    expected: "two tokens with one space between them")
            }
            if let problem = merges.add(Array(parts[0]), Array(parts[1])) {
                throw FileError.badData(
                    mergesPath, at: start, "the merge of line \(number + 1) \(problem)")
            }
        }
        return MergeModel(
            table: table, merges: merges.merges, unknown: nil, fusesUnknown: false,
            byteIDs: [Int?](repeating: nil, count: 256), fallsBackToBytes: false,
            ignoresMerges: false, continuingPrefix: [], endSuffix: [])
    }
}

/// Merges under construction: each must name tokens that exist and give one that exists.
struct MergeTable {
    let table: TokenTable
    let prefix: [UInt8]
    private(set) var merges: [UInt64: MergeModel.Merge]
    private var rank: UInt32 = 0

    init(table: TokenTable, prefix: [UInt8], capacity: Int) {
        self.table = table
        self.prefix = prefix
        merges = Dictionary(minimumCapacity: capacity)
    }

    /// Adds a merge of the next rank; gives what is wrong with it, or nil.
    ///
    /// Of equal merges the last counts, as in tokenizers.
    mutating func add(_ left: [UInt8], _ right: [UInt8]) -> String? {
        func absent(_ token: [UInt8]) -> String {
            "names a token that is not in the vocabulary: '\(UTF8Bytes.string(token))'"
        }
        guard let leftID = table.find(left) else { return absent(left) }
        guard let rightID = table.find(right) else { return absent(right) }
        let joined =
            left + (right.starts(with: prefix) ? right.dropFirst(prefix.count) : right[...])
        guard let id = table.find(joined) else { return absent(joined) }
        merges[MergeModel.key(leftID, rightID)] = .init(rank: rank, id: Int32(id))
        rank += 1
        return nil
    }
}
