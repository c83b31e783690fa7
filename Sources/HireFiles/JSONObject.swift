/// The members of a JSON object, in their order; keys are unique.
///
/// Keys are the same when their characters are (RFC 8259, section 8.3), not when Swift's strings are equal: vocabularies hold
/// both the composed and the decomposed form of a letter. Two objects are equal when they hold equal values under the same
/// keys, whatever the order.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// The keys in order.
    public private(set) var keys: [String] = []
    private var values: [ExactKey: JSONValue] = [:]

    /// A string that is equal to another only if it has the same bytes.
    private struct ExactKey: Hashable, Sendable {
        let text: String

        init(_ text: String) { self.text = text }

        static func == (a: ExactKey, b: ExactKey) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

        func hash(into hasher: inout Hasher) {
            var text = text
            text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
        }
    }

    /// An object without members.
    public init() {}

    /// Members in order; if a key comes twice the later value stands in the earlier place.
    public init(_ members: some Sequence<(String, JSONValue)>) {
        for (key, value) in members { self[key] = value }
    }

    /// Members in the order written.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(elements)
    }

    /// The number of members.
    public var count: Int { keys.count }

    /// Whether there are no members.
    public var isEmpty: Bool { keys.isEmpty }

    /// The members in order.
    public var members: [(key: String, value: JSONValue)] {
        keys.map { ($0, values[ExactKey($0), default: .null]) }
    }

    /// The value under a key; setting nil removes the member, setting a new key appends it.
    public subscript(key: String) -> JSONValue? {
        get { values[ExactKey(key)] }
        set {
            guard let newValue else {
                let removed = ExactKey(key)
                if values.removeValue(forKey: removed) != nil {
                    keys.removeAll { ExactKey($0) == removed }
                }
                return
            }
            if values.updateValue(newValue, forKey: ExactKey(key)) == nil { keys.append(key) }
        }
    }

    /// Appends a member; returns false, changing nothing, if the key is there already.
    mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        if values[ExactKey(key)] != nil { return false }
        values[ExactKey(key)] = value
        keys.append(key)
        return true
    }

    /// Equal values under equal keys, in any order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool { a.values == b.values }

    /// Agrees with `==`: the order does not matter.
    public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
