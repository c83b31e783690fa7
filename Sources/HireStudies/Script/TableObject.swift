import HireFiles
import HireVLM

/// A table of results in a script's hands.
public final class TableObject: ScriptObject {
    /// The table.
    public let table: ResultTable

    /// A handle on a table.
    public init(_ table: ResultTable) { self.table = table }

    /// One line for `tostring`.
    public var scriptDescription: String { (try? table.written(as: .text)) ?? "table" }

    private static let format = ScriptParameter.optional(
        "format", .choice(ResultTable.Format.allCases.map(\.rawValue)), "How it is written.",
        default: "\"text\"")

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Table", summary: "A table of results.",
        methods: [
            ScriptFunction("print", "Prints the table.", options: [format]) { arguments in
                arguments.host.write(try written(arguments))
                return []
            },
            ScriptFunction(
                "text", "The table as text.", options: [format],
                returns: [ScriptResult(.string, "the text")]
            ) { arguments in [.string(try written(arguments))] },
            ScriptFunction(
                "save", "Writes the table as text, Markdown, LaTeX, CSV and JSON.",
                parameters: [
                    .optional(
                        "path", .path, "The files' name without its ending.",
                        default: "\"table\" in the folder for results")
                ],
                returns: [ScriptResult(.list(.string), "the paths")]
            ) { arguments in
                let table = arguments.receiver(TableObject.self).table
                let base = try arguments.string(
                    "path", default: FilePath.join(arguments.host.outputFolder, "table"))
                let writer = AtomicWriter()
                try writer.fileSystem.makeFolders(FilePath.folder(of: base))
                var paths: [ScriptValue] = []
                for format in ResultTable.Format.allCases {
                    let path = "\(base).\(format.fileExtension)"
                    try writer.write(table.written(as: format), to: path)
                    paths.append(.string(path))
                }
                return [.list(paths)]
            },
        ],
        properties: [
            ScriptProperty(
                "rows", .list(.table),
                "The numbers: per row a table with a field for each column."
            ) { object in
                guard let table = (object as? TableObject)?.table else { return .list([]) }
                return .list(
                    table.rows.map { row in
                        .fields(
                            zip(table.columns, row).map { ($0.key, ScriptValue($1.json)) })
                    })
            }
        ])

    private static func written(_ arguments: ScriptArguments) throws -> String {
        let name = try arguments.string("format", default: "text")
        return try arguments.receiver(TableObject.self).table.written(
            as: ResultTable.Format(rawValue: name) ?? .text)
    }
}
