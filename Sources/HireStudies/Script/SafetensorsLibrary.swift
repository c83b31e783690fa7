import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

/// `hire.safetensors`: tensors by name in files.
public enum SafetensorsLibrary {
    /// The library.
    public static let library = ScriptLibrary(
        name: "safetensors", summary: "Named tensors in safetensors files.",
        functions: [read, write])

    private static let read = ScriptFunction(
        "read", "Reads every tensor of a file in its stored dtype.",
        parameters: [ScriptParameter("path", .path, "The file.")],
        options: [
            .optional("names", .list(.string), "Globs over names.", default: "{ \"**\" }")
        ],
        returns: [
            ScriptResult(.table, "tensors by name"),
            ScriptResult(.table, "the texts of the file's metadata"),
        ],
        example: """
            local path = hire.output_folder() .. "/example.safetensors"
            hire.safetensors.write(path, { weight = hire.tensor.ones({ 2, 3 }) })
            print(hire.safetensors.read(path).weight)
            """
    ) { arguments in
        let context = arguments.host.context
        let file = try SafetensorsFile.read(
            arguments.string("path"), backend: context.backend)
        var globs = try arguments.strings("names").map { try Glob($0) }
        if globs.isEmpty { globs = [try Glob("**")] }
        let names = file.names.filter { name in globs.contains { $0.matches(name) } }
        return [
            .fields(try names.map { ($0, .tensor(Tensor(try file.tensor($0), in: context))) }),
            .fields(file.metadata.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }),
        ]
    }

    private static let write = ScriptFunction(
        "write", "Writes tensors to a file, whole or not at all.",
        parameters: [
            ScriptParameter("path", .path, "The file; its folder is made."),
            ScriptParameter("tensors", .table, "Tensors by name."),
        ],
        options: [
            .optional("metadata", .table, "Texts by name.", default: "{}")
        ],
        returns: [ScriptResult(.string, "the path")],
        example: """
            hire.safetensors.write(hire.output_folder() .. "/x.safetensors", { x = hire.tensor.zeros({ 4 }) })
            """
    ) { arguments in
        let path = try arguments.string("path")
        var state = StateDict()
        for (name, value) in try arguments.table("tensors") {
            guard case .tensor(let tensor) = value else {
                throw ScriptError.message(
                    "\(arguments.function): 'tensors.\(name)' must be a tensor, got \(value.typeName)."
                )
            }
            state[name] = tensor.array
        }
        var metadata: [String: String] = [:]
        for (name, value) in try arguments.table("metadata") {
            guard case .string(let text) = value else {
                throw ScriptError.message(
                    "\(arguments.function): 'metadata.\(name)' must be a text, got \(value.typeName)."
                )
            }
            metadata[name] = text
        }
        try SystemFileSystem().makeFolders(FilePath.folder(of: path))
        try SafetensorsFile.write(state, to: path, metadata: metadata)
        return [.string(path)]
    }
}
