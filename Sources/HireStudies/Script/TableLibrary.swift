import HireVLM

/// `hire.table`: tables of results.
public enum TableLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "table",
        summary: "Tables that print aligned and save as Markdown, LaTeX, CSV and JSON.",
        functions: [new], classes: [TableObject.scriptClass])

    private static let new = ScriptFunction(
        "new", "Makes a table.",
        parameters: [
            ScriptParameter("columns", .list(.string), "The headings."),
            ScriptParameter(
                "rows", .list(.list(.any)),
                "One list per row: texts, numbers, or tables with `accuracy` and `standard_error`; numbers with a "
                    + "fraction get `decimals`."),
        ],
        options: [
            .optional("caption", .string, "What the table shows.", default: "\"\""),
            .optional("decimals", .integer, "Decimals of numbers with a fraction.", default: "3"),
        ],
        returns: [ScriptResult(.object("hire.Table"), "the table")],
        example: """
            hire.table.new({ "variant", "loss" }, { { "none", 0.25 }, { "hire", 0.125 } }):print()
            """
    ) { arguments in
        let titles = try arguments.strings("columns")
        let decimals = try arguments.integer("decimals", default: 3)
        let rows = try arguments.list("rows").enumerated().map { number, row in
            guard case .list(let cells) = row, cells.count == titles.count else {
                throw ScriptError.message(
                    "\(arguments.function): row \(number + 1) must be a list of \(titles.count) cells, one per "
                        + "column.")
            }
            return try cells.map { try cell($0, decimals, arguments.function) }
        }
        let columns = titles.indices.map { column in
            ResultTable.Column(
                titles[column], titles[column],
                isText: rows.contains { if case .text = $0[column] { true } else { false } })
        }
        var table = ResultTable(
            caption: try arguments.string("caption", default: ""), columns: columns)
        for row in rows { table.append(row) }
        return [.object(TableObject(table))]
    }

    private static func cell(_ value: ScriptValue, _ decimals: Int, _ function: String) throws
        -> ResultTable.Cell
    {
        switch value {
        case .none: return .missing
        case .string(let text): return .text(text)
        case .boolean(let flag): return .text(flag ? "yes" : "no")
        case .integer(let integer): return .integer(integer)
        case .number(let number): return .number(number, decimals: decimals)
        case .table(let fields):
            let number = { (name: String) -> Double? in
                switch fields.first(where: { $0.key == name })?.value {
                case .number(let number)?: number
                case .integer(let integer)?: Double(integer)
                default: nil
                }
            }
            guard let share = number("accuracy"), let count = number("count") else { fallthrough }
            return .share(Accuracy(correct: share * count, count: Int(count)))
        default:
            throw ScriptError.message(
                "\(function): a cell is a text, a number or a result with 'accuracy' and 'count', got a "
                    + "\(value.typeName).")
        }
    }
}
