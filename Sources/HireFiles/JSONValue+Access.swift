extension JSONValue {
    /// The value under a key, or nil if this is no object or has no such key.
    public subscript(key: String) -> JSONValue? {
        if case .object(let object) = self { return object[key] }
        return nil
    }

    /// The boolean, or nil.
    public var boolValue: Bool? {
        if case .bool(let value) = self { return value }
        return nil
    }

    /// The whole number, or nil; `3.0` is not one.
    public var intValue: Int? {
        if case .integer(let value) = self { return Int(value) }
        return nil
    }

    /// The number, whole or not, or nil.
    public var doubleValue: Double? {
        switch self {
        case .integer(let value): Double(value)
        case .number(let value): value
        default: nil
        }
    }

    /// The string, or nil.
    public var stringValue: String? {
        if case .string(let value) = self { return value }
        return nil
    }

    /// The elements, or nil.
    public var arrayValue: [JSONValue]? {
        if case .array(let value) = self { return value }
        return nil
    }

    /// The members, or nil.
    public var objectValue: JSONObject? {
        if case .object(let value) = self { return value }
        return nil
    }
}

extension JSONObject {
    /// The whole number under a key.
    ///
    /// - Throws: `FileError` naming `source`, the key and what is there instead. So do the ones below.
    public func requireInt(_ key: String, source: String) throws -> Int {
        try require(key, "a whole number", source, \.intValue)
    }

    /// The number under a key, whole or not.
    public func requireDouble(_ key: String, source: String) throws -> Double {
        try require(key, "a number", source, \.doubleValue)
    }

    /// The boolean under a key.
    public func requireBool(_ key: String, source: String) throws -> Bool {
        try require(key, "a boolean", source, \.boolValue)
    }

    /// The string under a key.
    public func requireString(_ key: String, source: String) throws -> String {
        try require(key, "a string", source, \.stringValue)
    }

    /// The array under a key.
    public func requireArray(_ key: String, source: String) throws -> [JSONValue] {
        try require(key, "an array", source, \.arrayValue)
    }

    /// The object under a key.
    public func requireObject(_ key: String, source: String) throws -> JSONObject {
        try require(key, "an object", source, \.objectValue)
    }

    private func require<Value>(
        _ key: String, _ expected: String, _ source: String, _ read: (JSONValue) -> Value?
    ) throws -> Value {
        guard let present = self[key] else {
            let close = NearestNames.nearest(to: key, among: keys)
            throw FileError.badData(
                source, "the key '\(key)' is missing", expected: expected,
                got: close.isEmpty ? nil : "only \(close.map { "'\($0)'" }.joined(separator: ", "))"
            )
        }
        guard let value = read(present) else {
            throw FileError.badData(
                source, "the value of '\(key)' does not fit", expected: expected,
                got: present.kindName)
        }
        return value
    }
}
