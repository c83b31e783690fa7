import HireFiles

/// A value of a JSON file that knows where it stands, so that every error names the file and the key.
struct JSONField {
    let value: JSONValue
    /// Such as `model.merges[3]`.
    let key: String
    let path: String

    /// An error about this value.
    func bad(_ problem: String, expected: String? = nil, got: String? = nil) -> FileError {
        FileError.badData(path, "'\(key)' \(problem)", expected: expected, got: got)
    }

    /// A member, or nil if it is missing or null.
    func optional(_ name: String) -> JSONField? {
        guard let member = value[name], member != .null else { return nil }
        return JSONField(value: member, key: key.isEmpty ? name : "\(key).\(name)", path: path)
    }

    /// A member that must be there.
    ///
    /// - Throws: `FileError` naming the key; so do the ones below.
    func required(_ name: String) throws -> JSONField {
        if let field = optional(name) { return field }
        throw JSONField(value: .null, key: key.isEmpty ? name : "\(key).\(name)", path: path)
            .bad("is missing")
    }

    /// The string.
    func string() throws -> String {
        guard let text = value.stringValue else {
            throw bad("does not fit", expected: "a string", got: value.kindName)
        }
        return text
    }

    /// The bytes of a string that may be a token.
    func token() throws -> [UInt8] {
        let bytes = Array(try string().utf8)
        guard bytes.count <= TokenTable.longestToken else {
            throw bad(
                "is too long", expected: "at most \(TokenTable.longestToken) bytes",
                got: "\(bytes.count)")
        }
        return bytes
    }

    /// The whole number.
    func int() throws -> Int {
        guard let number = value.intValue else {
            throw bad("does not fit", expected: "a whole number", got: value.kindName)
        }
        return number
    }

    /// The id of a token.
    func id() throws -> Int {
        let number = try int()
        guard number >= 0, number < TokenTable.largestCount else {
            throw bad(
                "is no id", expected: "0 to \(TokenTable.largestCount - 1)", got: "\(number)")
        }
        return number
    }

    /// The boolean.
    func bool() throws -> Bool {
        guard let flag = value.boolValue else {
            throw bad("does not fit", expected: "a boolean", got: value.kindName)
        }
        return flag
    }

    /// The finite number.
    func double() throws -> Double {
        guard let number = value.doubleValue, number.isFinite else {
            throw bad("does not fit", expected: "a number", got: value.kindName)
        }
        return number
    }

    /// The elements.
    func array() throws -> [JSONField] {
        guard let elements = value.arrayValue else {
            throw bad("does not fit", expected: "an array", got: value.kindName)
        }
        return elements.enumerated().map {
            JSONField(value: $0.element, key: "\(key)[\($0.offset)]", path: path)
        }
    }

    /// The members in order; each knows its key.
    func members() throws -> [(name: String, field: JSONField)] {
        guard let object = value.objectValue else {
            throw bad("does not fit", expected: "an object", got: value.kindName)
        }
        return object.members.map {
            ($0.key, JSONField(value: $0.value, key: "\(key)['\($0.key)']", path: path))
        }
    }

    /// The boolean of a member, or a default where it is missing.
    func flag(_ name: String, _ absent: Bool) throws -> Bool {
        guard let field = optional(name) else { return absent }
        return try field.bool()
    }

    /// Refuses members that this reader would otherwise pass over.
    func allow(_ known: [String]) throws {
        for (name, _) in try members() where !known.contains(name) {
            throw FileError.badData(
                path, "'\(key.isEmpty ? "the file" : key)' has a member that is not supported",
                got: NearestNames.sentence(kind: "key", name: name, among: known))
        }
    }

    /// Reads a file.
    ///
    /// - Throws: `FileError` if it cannot be read, is not JSON, or is too large or too deep.
    static func read(_ path: String, in fileSystem: any FileSystem) throws -> JSONField {
        let bytes = try fileSystem.readAll(path, limit: byteLimit)
        return try parse(bytes, path: path)
    }

    /// Parses bytes.
    ///
    /// - Throws: `FileError` with the byte.
    static func parse(_ bytes: [UInt8], path: String) throws -> JSONField {
        let limits = JSONLimits(depth: 64, byteCount: byteLimit, values: 8_000_000)
        do {
            let value = try JSONParser.parse(bytes, source: path, limits: limits)
            guard case .object = value else {
                throw FileError.badData(
                    path, at: 0, "the file is not what it must be", expected: "a JSON object",
                    got: value.kindName)
            }
            return JSONField(value: value, key: "", path: path)
        } catch let error as JSONError {
            throw FileError.badData(
                path, at: error.offset, "the file is not valid JSON", got: error.problem)
        }
    }

    /// No tokenizer file may be larger.
    static let byteLimit = 64 << 20
}
