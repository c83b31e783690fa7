import HireFiles

extension ResultTable {
    /// How a table can be written.
    public enum Format: String, Sendable, CaseIterable {
        /// Aligned columns for a terminal.
        case text
        case markdown
        /// A `tabular` with booktabs' rules.
        case latex
        /// One line per row; what has an error takes a column for it.
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
        let cells =
            [columns.map(\.title)] + rows.map { $0.map { PlainText.singleLine($0.display) } }
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
        // A line break would end the row.
        let escape = { (text: String) in
            PlainText.replacing(PlainText.singleLine(text)) { $0 == "|" ? "\\|" : nil }
        }
        var lines = ["| " + columns.map { escape($0.title) }.joined(separator: " | ") + " |"]
        lines.append("|" + columns.map { $0.isText ? " :-- |" : " --: |" }.joined())
        let best = columns.indices.map { bestRows($0) }
        for (number, row) in rows.enumerated() {
            let cells = row.enumerated().map { column, cell in
                best[column].contains(number)
                    ? "**\(escape(cell.display))**" : escape(cell.display)
            }
            lines.append("| " + cells.joined(separator: " | ") + " |")
        }
        if !caption.isEmpty { lines += ["", caption] }
        return lines.joined(separator: "\n") + "\n"
    }

    private func latex() -> String {
        var lines = ["% needs \\usepackage{booktabs}"]
        if !caption.isEmpty { lines.append("% " + PlainText.singleLine(caption)) }
        lines.append("\\begin{tabular}{" + columns.map { $0.isText ? "l" : "r" }.joined() + "}")
        lines.append("\\toprule")
        lines.append(columns.map { escaped($0.title) }.joined(separator: " & ") + " \\\\")
        lines.append("\\midrule")
        let best = columns.indices.map { bestRows($0) }
        for (number, row) in rows.enumerated() {
            let cells = row.enumerated().map { column, cell in
                let isBest = best[column].contains(number)
                if cell.hasSpread {
                    let text = cell.display.replacing("±", with: "\\pm")
                    return isBest ? "$\\mathbf{\(text)}$" : "$\(text)$"
                }
                return isBest ? "\\textbf{\(escaped(cell.display))}" : escaped(cell.display)
            }
            lines.append(cells.joined(separator: " & ") + " \\\\")
        }
        lines += ["\\bottomrule", "\\end{tabular}"]
        return lines.joined(separator: "\n") + "\n"
    }

    private func csv() -> String {
        let fields = rows.map { $0.map(\.fields) }
        let endings = columns.indices.map { column in
            Cell.fieldEndings.filter { ending in
                ending.isEmpty || fields.contains { $0[column][ending] != nil }
            }
        }
        let header = columns.indices.flatMap { column in
            endings[column].map { columns[column].key + $0 }
        }
        let lines = fields.map { row in
            columns.indices.flatMap { column in endings[column].map { row[column][$0] ?? "" } }
        }
        return ([header] + lines).map { $0.map(PlainText.csvField).joined(separator: ",") + "\n" }
            .joined()
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

    private func escaped(_ text: String) -> String {
        PlainText.replacing(PlainText.singleLine(text)) { scalar in
            switch scalar {
            case "\\": "\\textbackslash{}"
            case "~": "\\textasciitilde{}"
            case "^": "\\textasciicircum{}"
            case "±": "$\\pm$"
            case "µ": "$\\mu$"
            case "–": "--"
            case "Δ": "$\\Delta$"
            case "<", ">": "$\(scalar)$"
            case "&", "%", "$", "#", "_", "{", "}": "\\\(scalar)"
            default: nil
            }
        }
    }
}

extension String {
    fileprivate func trimmingTrailingSpaces() -> String {
        var text = self
        while text.hasSuffix(" ") { text.removeLast() }
        return text
    }
}
