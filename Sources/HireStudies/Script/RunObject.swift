import HireFiles
import HireVLM

/// A run's folder in a script's hands.
public final class RunObject: ScriptObject {
    /// What the folder held when it was opened.
    public let contents: RunContents

    /// A handle on a run.
    public init(_ contents: RunContents) { self.contents = contents }

    /// One line for `tostring`.
    public var scriptDescription: String {
        "\(contents.manifest.kind) of \(contents.items.count) items in \(contents.folder.path)"
    }

    /// Options of a table of results, shared by studies and runs.
    static let tableOptions: [ScriptParameter] = [
        .optional(
            "sort", .string,
            "A column's key, `\"accuracy\"`, with `,asc` or `,desc` behind it if wanted.",
            default: "the study's order"),
        .optional(
            "baseline", .string, "The row that the others are compared with.",
            default: "the first row"),
        .optional(
            "all_seeds", .boolean, "One row per item instead of a mean over seeds.",
            default: "false"),
        .optional("columns", .list(.string), "Keys of the columns.", default: "the usual ones"),
    ]

    /// The table that a script asked for.
    static func table(_ results: RunResults, _ arguments: ScriptArguments) throws -> TableObject {
        var options = TableOptions()
        if let sort = try arguments.optionalString("sort") { try options.sort(by: sort) }
        options.baseline = try arguments.optionalString("baseline")
        options.allSeeds = try arguments.boolean("all_seeds", default: false)
        options.columns = try arguments.strings("columns")
        return TableObject(try ResultTable(results, options: options))
    }

    private static let item = ScriptParameter("item", .string, "The item's label or id.")

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Run", summary: "What a run's folder holds.",
        methods: [
            ScriptFunction(
                "items", "The items in the order of tables.",
                returns: [
                    ScriptResult(
                        .list(.table),
                        "per item `label`, `id`, `group`, `variant`, `axes`, `seed`, `folder`, `state`, `attempt`, `seconds`"
                    )
                ]
            ) { arguments in
                let status = try RunStatus(arguments.receiver(RunObject.self).contents)
                return [ScriptValue(status.json()["items"] ?? .null)]
            },
            ScriptFunction(
                "metrics", "What an item determined.", parameters: [item],
                returns: [
                    ScriptResult(.table, "the metrics; nil while it is not finished"),
                    ScriptResult(.table, "what the machine determined: seconds, bytes"),
                ]
            ) { arguments in
                let contents = arguments.receiver(RunObject.self).contents
                guard let result = try contents.item(arguments.string("item")).result else {
                    return [.none, .none]
                }
                return [
                    ScriptValue(.object(result.metrics)), ScriptValue(.object(result.measured)),
                ]
            },
            ScriptFunction(
                "table", "The table of results.", options: tableOptions,
                returns: [ScriptResult(.object("hire.Table"), "the table")]
            ) { arguments in
                let contents = arguments.receiver(RunObject.self).contents
                return [.object(try table(RunResults(contents), arguments))]
            },
            ScriptFunction(
                "status", "How far the run is.",
                returns: [
                    ScriptResult(
                        .table,
                        "`items`, `counts`, `remaining_seconds`, `torn`, `orphans`, `dropped`")
                ]
            ) { arguments in
                let status = try RunStatus(arguments.receiver(RunObject.self).contents)
                return [ScriptValue(.object(status.json()))]
            },
            ScriptFunction(
                "digest", "What the run determined, as one line to compare.",
                returns: [
                    ScriptResult(.string, "64 hexadecimal digits"),
                    ScriptResult(.table, "per item its digest, by label"),
                ]
            ) { arguments in
                let digest = try RunDigest(arguments.receiver(RunObject.self).contents)
                return [
                    .string(digest.digest),
                    .fields(digest.items.map { ($0.label, .string($0.digest)) }),
                ]
            },
            ScriptFunction(
                "verify", "Compares every file with the journal.",
                returns: [
                    ScriptResult(.boolean, "whether results are as they were journalled"),
                    ScriptResult(.list(.string), "what is wrong, as sentences"),
                ]
            ) { arguments in
                let folder = arguments.receiver(RunObject.self).contents.folder
                let found = try RunVerification(folder)
                return [
                    .boolean(found.isIntact), .list(found.problems.map { .string($0.sentence) }),
                ]
            },
        ],
        properties: [
            ScriptProperty("folder", .string, "The folder.") {
                .string(run($0).contents.folder.path)
            },
            ScriptProperty("kind", .string, "The kind of study.") {
                .string(run($0).contents.manifest.kind)
            },
            ScriptProperty("id", .string, "The run's id.") {
                .string((try? run($0).contents.manifest.runID()) ?? "")
            },
        ])

    private static func run(_ object: any ScriptObject) -> RunObject {
        guard let object = object as? RunObject else {
            preconditionFailure("A property of hire.Run was read from another class.")
        }
        return object
    }
}
