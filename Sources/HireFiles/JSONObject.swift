/// The members of a JSON object, in their order; keys are unique.
///
/// Two objects are equal when they hold equal values under the same keys, whatever the order.
public struct JSONObject: Sendable, Hashable, ExpressibleByDictionaryLiteral {
    /// The keys in order.
    public private(set) var keys: [String] = []
    private var values: [String: JSONValue] = [:]

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
        keys.map { ($0, values[$0, default: .null]) }
    }

    /// The value under a key; setting nil removes the member, setting a new key appends it.
    public subscript(key: String) -> JSONValue? {
        get { values[key] }
        set {
            guard let newValue else {
                if values.removeValue(forKey: key) != nil { keys.removeAll { $0 == key } }
                return
            }
            if values.updateValue(newValue, forKey: key) == nil { keys.append(key) }
        }
    }

    /// Appends a member; returns false, changing nothing, if the key is there already.
    mutating func append(_ key: String, _ value: JSONValue) -> Bool {
        if values[key] != nil { return false }
        values[key] = value
        keys.append(key)
        return true
    }

    /// Equal values under equal keys, in any order.
    public static func == (a: JSONObject, b: JSONObject) -> Bool { a.values == b.values }

    /// Agrees with `==`: the order does not matter.
    public func hash(into hasher: inout Hasher) { hasher.combine(values) }
}
