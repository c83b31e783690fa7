import HireFiles

/// What determines a variant's numbers, as JSON with sorted keys, and comparisons between two of them.
public struct Configuration: Sendable, Equatable {
    /// Every choice and option.
    public let json: JSONObject

    /// A configuration of the given members.
    public init(_ json: JSONObject) {
        self.json = json
    }

    /// Its canonical text.
    ///
    /// - Throws: `JSONError` for numbers that JSON cannot express.
    public func text() throws -> String {
        try JSONWriter(order: .sorted).string(.object(json))
    }

    /// SHA-256 of the canonical text, in hexadecimal.
    public func digest() throws -> String {
        SHA256.hex(of: try text().utf8)
    }

    /// What differs, as "training.steps is 400 here and 800 there", ordered by key.
    public func differences(from other: Configuration) throws -> [String] {
        try changes(from: other).map(\.text)
    }

    /// The dotted keys whose values differ, in order, each with both values.
    func changes(from other: Configuration) throws -> [(key: String, text: String)] {
        var changes: [(key: String, text: String)] = []
        try Configuration.compare(.object(json), .object(other.json), path: "", into: &changes)
        return changes
    }

    private static func compare(
        _ here: JSONValue?, _ there: JSONValue?, path: String,
        into changes: inout [(key: String, text: String)]
    ) throws {
        if here == there { return }
        if case .object(let left)? = here, case .object(let right)? = there {
            for key in Set(left.keys + right.keys).sorted() {
                try compare(
                    left[key], right[key], path: path.isEmpty ? key : "\(path).\(key)",
                    into: &changes)
            }
            return
        }
        let text = "\(path) is \(try written(here)) here and \(try written(there)) there"
        changes.append((path, text))
    }

    private static func written(_ value: JSONValue?) throws -> String {
        guard let value else { return "absent" }
        let text = try JSONWriter(order: .sorted).string(value)
        return text.count > 60 ? text.prefix(57) + "..." : text
    }
}
