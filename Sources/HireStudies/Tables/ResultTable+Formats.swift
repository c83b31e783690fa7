import HireFiles

extension ResultTable {
    /// How a table can be written.
    public enum Format: String, Sendable, CaseIterable {
        /// Aligned columns for a terminal.
        case text
        case markdown
        /// A `tabular` with booktabs' rules.
        case latex
        /// One line per row; a share takes two columns.
        case csv
        /// An array of objects.
        case json

        /// The usual ending of a file.
        public var fileExtension: String {
            switch self {
            case .text: "txt"
            case .markdown: "md"
            case .latex: "tex"
            case .csv, .json: rawValue
            }
        }
    }

    /// The table as text, with a newline at the end.
    ///
    /// - Throws: `JSONError` for a number that JSON cannot express.
    public func written(as format: Format) throws -> String {
        switch format {
        case .text: text()
        case .markdown: markdown()
        case .latex: latex()
        case .csv: csv()
        case .json: try json()
        }
    }

    private func text() -> String {
        let cells = [columns.map(\.title)] + rows.map { $0.map(\.display) }
        let widths = columns.indices.map { column in
            cells.map { ResultTable.width(of: $0[column]) }.max() ?? 0
        }
        var lines = cells.map { row in
            columns.indices.map { column in
                padded(row[column], to: widths[column], left: columns[column].isText)
            }.joined(separator: "  ").trimmingTrailingSpaces()
        }
        lines.insert(
            widths.map { String(repeating: "─", count: $0) }.joined(separator: "──"), at: 1)
        if !caption.isEmpty { lines.append(caption) }
        return lines.joined(separator: "\n") + "\n"
    }

    private func markdown() -> String {
        let escape = { (text: String) in text.replacing("|", with: "\\|") }
        var lines = ["| " + columns.map { escape($0.title) }.joined(separator: " | ") + " |"]
        lines.append("|" + columns.map { $0.isText ? " :-- |" : " --: |" }.joined())
        for row in rows {
            lines.append("| " + row.map { escape($0.display) }.joined(separator: " | ") + " |")
        }
        if !caption.isEmpty { lines += ["", caption] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func latex() -> String {
        var lines = ["% needs \\usepackage{booktabs}"]
        if !caption.isEmpty { lines.append("% " + caption.replacing("\n", with: " ")) }
        lines.append("\\begin{tabular}{" + columns.map { $0.isText ? "l" : "r" }.joined() + "}")
        lines.append("\\toprule")
        lines.append(columns.map { escaped($0.title) }.joined(separator: " & ") + " \\\\")
        lines.append("\\midrule")
        for row in rows {
            let cells = row.map { cell in
                if case .share = cell {
                    return "$" + cell.display.replacing("±", with: "\\pm") + "$"
                }
                return escaped(cell.display)
            }
            lines.append(cells.joined(separator: " & ") + " \\\\")
        }
        lines += ["\\bottomrule", "\\end{tabular}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func csv() -> String {
        let shares = columns.indices.map { column in
            rows.contains { if case .share = $0[column] { true } else { false } }
        }
        let header = columns.indices.flatMap { column in
            shares[column]
                ? [columns[column].key, columns[column].key + "_se"] : [columns[column].key]
        }
        var lines = [header.map(quoted).joined(separator: ",")]
        for row in rows {
            let fields = columns.indices.flatMap { column -> [String] in
                switch row[column] {
                case .share(let share): ["\(share.value)", "\(share.standardError)"]
                case .missing: Array(repeating: "", count: shares[column] ? 2 : 1)
                case .text(let text): [text]
                case .integer(let value), .count(let value), .bytes(let value): ["\(value)"]
                case .number(let value, _), .seconds(let value): ["\(value)"]
                }
            }
            lines.append(fields.map(quoted).joined(separator: ","))
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func json() throws -> String {
        let objects = rows.map { row in
            JSONValue.object(JSONObject(zip(columns.map(\.key), row.map(\.json)).map { ($0, $1) }))
        }
        return try JSONWriter(layout: .pretty).string(.array(objects))
    }

    /// Columns that a terminal needs for a text: combining marks take none, wide East Asian characters two.
    static func width(of text: String) -> Int {
        text.reduce(0) { total, character in
            guard let scalar = character.unicodeScalars.first else { return total }
            let isWide =
                (0x1100...0x115F).contains(scalar.value) || (0x2E80...0xA4CF).contains(scalar.value)
                || (0xAC00...0xD7A3).contains(scalar.value)
                || (0xF900...0xFAFF).contains(scalar.value)
                || (0xFE30...0xFE6F).contains(scalar.value)
                || (0xFF00...0xFF60).contains(scalar.value)
                || (0xFFE0...0xFFE6).contains(scalar.value)
                || (0x1F300...0x1FAFF).contains(scalar.value)
                || (0x20000...0x3FFFD).contains(scalar.value)
            return total
                + (isWide ? 2 : scalar.properties.generalCategory == .nonspacingMark ? 0 : 1)
        }
    }

    private func padded(_ text: String, to width: Int, left: Bool) -> String {
        let gap = String(repeating: " ", count: max(width - ResultTable.width(of: text), 0))
        return left ? text + gap : gap + text
    }

    private func quoted(_ field: String) -> String {
        field.contains { ",\"\n\r".contains($0) }
            ? "\"" + field.replacing("\"", with: "\"\"") + "\"" : field
    }

    private func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\textbackslash{}"
            case "~": result += "\\textasciitilde{}"
            case "^": result += "\\textasciicircum{}"
            case "±": result += "$\\pm$"
            case "µ": result += "$\\mu$"
            case "–": result += "--"
            case "&", "%", "$", "#", "_", "{", "}": result += "\\\(character)"
            default: result.append(character)
            }
        }
        return result
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
