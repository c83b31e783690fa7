import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

/// Taking, giving, saving and loading the numbers of modules.
enum ModuleStateMethods {
    private static let strict = ScriptParameter.optional(
        "strict", .boolean, "Whether names and shapes must agree completely.", default: "true")

    static let all: [ScriptFunction] = [
        ScriptFunction(
            "state_dict", "All parameters and buffers by path.",
            returns: [ScriptResult(.table, "tensors by path")]
        ) { arguments in
            let context = arguments.host.context
            return [
                .table(
                    try ModuleMethods.module(arguments).stateDict().map { name, array in
                        (key: name, value: .tensor(Tensor(array, in: context)))
                    })
            ]
        },
        ScriptFunction(
            "load_state_dict", "Takes over numbers by path.",
            parameters: [ScriptParameter("state", .table, "Tensors by path.")], options: [strict],
            returns: [ScriptResult(.string, "what was loaded and what did not fit")]
        ) { arguments in
            var state = StateDict()
            for (name, value) in try arguments.table("state") {
                guard case .tensor(let tensor) = value else {
                    throw ScriptError.message(
                        "load_state_dict: '\(name)' must be a tensor, got \(value.typeName).")
                }
                state[name] = tensor.array
            }
            return [try load(state, arguments)]
        },
        ScriptFunction(
            "save", "Writes all parameters and buffers as one safetensors file.",
            parameters: [ScriptParameter("path", .path, "The file; its folder is made.")]
        ) { arguments in
            let path = try arguments.string("path")
            try SystemFileSystem().makeFolders(FilePath.folder(of: path))
            try SafetensorsFile.write(try ModuleMethods.module(arguments).stateDict(), to: path)
            return []
        },
        ScriptFunction(
            "load", "Reads parameters and buffers from a safetensors file.",
            parameters: [ScriptParameter("path", .path, "The file.")], options: [strict],
            returns: [ScriptResult(.string, "what was loaded and what did not fit")]
        ) { arguments in
            let file = try SafetensorsFile.read(
                try arguments.string("path"), backend: arguments.host.context.backend)
            return [try load(FiniteWeights(file, label: file.path), arguments)]
        },
    ]

    private static func load(_ source: some WeightSource, _ arguments: ScriptArguments) throws
        -> ScriptValue
    {
        .string(
            try ModuleMethods.module(arguments).load(
                source, strict: try arguments.boolean("strict", default: true)
            ).description)
    }
}
