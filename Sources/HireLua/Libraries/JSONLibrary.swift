import HireFiles
import HireVLM

/// `hire.json`: strict JSON, in text and in files.
enum JSONLibrary {
    static let library = ScriptLibrary(
        name: "json", summary: "Strict JSON, in text and in files.",
        functions: [encode, decode, read, write])

    private static let pretty = ScriptParameter.optional(
        "pretty", .boolean, "One field per line.", default: "false")

    private static let encode = ScriptFunction(
        "encode", "Writes a value as JSON text; fields are sorted by name.",
        parameters: [ScriptParameter("value", .any, "Tables, texts, numbers, booleans, nil.")],
        options: [pretty], returns: [ScriptResult(.string, "the JSON text")],
        example: "assert(hire.json.encode({1, 2}) == \"[1,2]\")"
    ) { arguments in
        [.string(try text(arguments))]
    }

    private static let decode = ScriptFunction(
        "decode", "Reads JSON text; null becomes nil.",
        parameters: [ScriptParameter("text", .string, "The JSON text.")],
        returns: [ScriptResult(.any, "the value")],
        example: "assert(hire.json.decode('{\"a\": 1}').a == 1)"
    ) { [ScriptValue(try JSONParser.parse(try $0.string("text")))] }

    private static let read = ScriptFunction(
        "read", "Reads a JSON file.", parameters: [ScriptParameter("path", .path, "The file.")],
        returns: [ScriptResult(.any, "the value")],
        example: "local settings = pcall(hire.json.read, \"settings.json\")"
    ) { [ScriptValue(try JSONParser.read(try $0.string("path")))] }

    private static let write = ScriptFunction(
        "write", "Writes a value to a JSON file, whole or not at all.",
        parameters: [
            ScriptParameter("path", .path, "The file; its folder is made."),
            ScriptParameter("value", .any, "Tables, texts, numbers, booleans, nil."),
        ],
        options: [pretty],
        example: "hire.json.write(hire.output_folder() .. \"/notes.json\", { steps = 3 })"
    ) { arguments in
        let path = try arguments.string("path")
        try SystemFileSystem().makeFolders(FilePath.folder(of: path))
        try AtomicWriter().write(try text(arguments), to: path)
        return []
    }

    private static func text(_ arguments: ScriptArguments) throws -> String {
        let isPretty = try arguments.boolean("pretty", default: false)
        let writer = JSONWriter(order: .sorted, layout: isPretty ? .pretty : .compact)
        return try writer.string(try arguments.value("value").json())
    }
}
