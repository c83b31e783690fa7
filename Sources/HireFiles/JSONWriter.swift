/// Writes JSON; numbers are the shortest text that reads back as the same number.
public struct JSONWriter: Sendable {
    /// The order of the members of objects.
    public enum Order: Sendable {
        /// As the object holds them.
        case given
        /// By key, so that equal values give equal bytes.
        case sorted
    }

    /// How the text is laid out.
    public enum Layout: Sendable {
        /// One line without spaces.
        case compact
        /// One member per line, indented by two spaces; arrays of plain values stay on one line.
        case pretty
    }

    /// The order of members.
    public var order: Order
    /// The layout.
    public var layout: Layout

    /// A writer; the default suits a line of a journal or a digest.
    public init(order: Order = .given, layout: Layout = .compact) {
        self.order = order
        self.layout = layout
    }

    /// The text of a value.
    ///
    /// - Throws: `JSONError` for infinities and NaN, which JSON cannot express.
    public func string(_ value: JSONValue) throws -> String {
        var text = ""
        try append(value, to: &text, indent: 0, path: "")
        if layout == .pretty { text += "\n" }
        return text
    }

    private func append(_ value: JSONValue, to text: inout String, indent: Int, path: String) throws
    {
        switch value {
        case .null: text += "null"
        case .bool(let value): text += value ? "true" : "false"
        case .integer(let value): text += String(value)
        case .number(let value):
            guard value.isFinite else {
                throw JSONError(
                    source: path.isEmpty ? "value" : path, offset: text.utf8.count, line: 1,
                    column: 1,
                    problem: "JSON cannot express the number \(value)")
            }
            text += "\(value)"
        case .string(let value): JSONWriter.quote(value, into: &text)
        case .array(let elements):
            let broken = layout == .pretty && elements.contains { $0.isContainer }
            text += "["
            for (index, element) in elements.enumerated() {
                if index > 0 { text += broken || layout == .compact ? "," : ", " }
                if broken { newLine(&text, indent + 1) }
                try append(element, to: &text, indent: indent + 1, path: "\(path)[\(index)]")
            }
            if broken { newLine(&text, indent) }
            text += "]"
        case .object(let object):
            let keys = order == .sorted ? object.keys.sorted() : object.keys
            text += "{"
            for (index, key) in keys.enumerated() {
                if index > 0 { text += "," }
                if layout == .pretty { newLine(&text, indent + 1) }
                JSONWriter.quote(key, into: &text)
                text += layout == .pretty ? ": " : ":"
                let child = path.isEmpty ? key : "\(path).\(key)"
                try append(object[key] ?? .null, to: &text, indent: indent + 1, path: child)
            }
            if layout == .pretty, !keys.isEmpty { newLine(&text, indent) }
            text += "}"
        }
    }

    private func newLine(_ text: inout String, _ indent: Int) {
        text += "\n"
        for _ in 0..<indent { text += "  " }
    }

    private static func quote(_ string: String, into text: inout String) {
        text += "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\u{0}"..<"\u{20}":
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}

extension JSONValue {
    fileprivate var isContainer: Bool {
        switch self {
        case .array, .object: true
        default: false
        }
    }
}
