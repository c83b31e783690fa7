import HireVLM

/// A value as people see it.
public struct ShownValue {
    /// The text of the REPL.
    public let text: String
    /// A Markdown table, if the value is a list of records with plain fields.
    public let table: String?
}

/// Lists of records as tables: `{ { name = "a", loss = 0.5 }, … }`.
enum RecordTable {
    /// The table in Markdown; nil for any other value.
    static func markdown(_ value: ScriptValue) -> String? {
        guard case .list(let items) = value, !items.isEmpty else { return nil }
        var names: [String] = []
        var rows: [[String: String]] = []
        for item in items {
            guard case .table(let fields) = item else { return nil }
            var row: [String: String] = [:]
            for (name, value) in fields {
                guard let text = text(value) else { return nil }
                if !names.contains(name) { names.append(name) }
                row[name] = text
            }
            rows.append(row)
        }
        let line = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
        var lines = [line(names.map(escaped)), line(names.map { _ in "---" })]
        lines += rows.map { row in line(names.map { escaped(row[$0] ?? "") }) }
        return lines.joined(separator: "\n")
    }

    private static func text(_ value: ScriptValue) -> String? {
        switch value {
        case .none: ""
        case .boolean(let flag): "\(flag)"
        case .integer(let integer): "\(integer)"
        case .number(let number): "\((number * 1e6).rounded() / 1e6)"
        case .string(let text): text
        case .list, .table, .tensor, .object, .function: nil
        }
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("|", with: "\\|").replacing("\n", with: " ")
    }
}
