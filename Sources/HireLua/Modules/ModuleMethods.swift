import HireArray
import HireFiles
import HireNN
import HireTensor
import HireVLM

/// The methods of every module in scripts.
enum ModuleMethods {
    static let all =
        building + inspecting + training + ModuleCaptureMethods.all + ModuleStateMethods.all

    /// What the authors of Lua modules call in `new`.
    private static let building: [ScriptFunction] = [
        ScriptFunction(
            "child", "Declares a child under a name; gives the child.",
            parameters: [
                ScriptParameter("name", .string, "The name, without dots."),
                ScriptParameter("module", .object("hire.Module"), "A module without a parent."),
            ], returns: [ScriptResult(.object("hire.Module"), "the child")]
        ) { arguments in
            let child = try arguments.object("module", ModuleObject.self)
            try module(arguments).scope.addChild(arguments.string("name"), child.module)
            return [.object(child)]
        },
        ScriptFunction(
            "parameter",
            "Declares numbers that are trained; `self.NAME` gives them from then on, as they are.",
            parameters: [
                ScriptParameter("name", .string, "The name, without dots."),
                ScriptParameter("shape", .list(.integer), "The extents; {} for one number."),
            ],
            options: [
                .optional(
                    "init", .choice(["zeros", "ones", "uniform", "normal"]),
                    "How the numbers begin.",
                    default: "\"zeros\", or `value`"),
                .optional("value", .number, "One number everywhere."),
                .optional("bound", .number, "Of uniform: from -bound to bound.", default: "1"),
                .optional("deviation", .number, "Of normal: the standard deviation.", default: "1"),
            ]
        ) { arguments in
            let name = try arguments.string("name")
            if all.contains(where: { $0.name == name }) {
                throw ScriptError.message(
                    "The parameter name '\(name)' is taken by a method of modules.")
            }
            _ = try module(arguments).scope.addParameter(
                name, arguments.integers("shape"), initializer(arguments),
                in: arguments.host.context)
            return []
        },
        ScriptFunction(
            "buffer", "Declares numbers that are kept but not trained; `self.NAME` gives them.",
            parameters: [
                ScriptParameter("name", .string, "The name, without dots."),
                ScriptParameter("tensor", .tensor, "The numbers."),
            ],
            options: [
                .optional("persistent", .boolean, "Whether checkpoints hold it.", default: "true")
            ]
        ) { arguments in
            let name = try arguments.string("name")
            let scope = try module(arguments).scope
            let taken =
                scope.ownBuffers.map(\.name) + scope.ownParameters.map(\.name)
                + scope.children.map(\.name) + all.map(\.name)
            if name.isEmpty || name.contains(".") || taken.contains(name) {
                throw ScriptError.message(
                    "The buffer name '\(name)' is empty, contains a dot, or is taken in this module."
                )
            }
            _ = scope.buffer(
                name, try arguments.tensor("tensor"),
                isPersistent: try arguments.boolean("persistent", default: true))
            return []
        },
    ]

    private static let inspecting: [ScriptFunction] = [
        ScriptFunction(
            "parameters", "The parameters that a glob selects.",
            parameters: [.optional("pattern", .string, "A glob over paths.", default: "\"**\"")],
            returns: [ScriptResult(.list(.table), "`path`, `shape`, `count` and `frozen` of each")]
        ) { arguments in
            let pattern = try arguments.string("pattern", default: "**")
            let module = try module(arguments)
            if !arguments.has("pattern"), module.parameters().isEmpty { return [.list([])] }
            return [
                .list(
                    try module.parameters(matching: pattern).map { path, parameter in
                        .table([
                            (key: "path", value: .string(path)),
                            (key: "shape", value: .list(parameter.shape.map(ScriptValue.integer))),
                            (key: "count", value: .integer(parameter.count)),
                            (key: "frozen", value: .boolean(parameter.isFrozen)),
                        ])
                    })
            ]
        },
        ScriptFunction(
            "modules", "The paths of all modules beneath this one.",
            returns: [ScriptResult(.list(.string), "parents before children")]
        ) {
            .init([
                .list(
                    try module($0).modules().map(\.path).filter { !$0.isEmpty }.map(
                        ScriptValue.string))
            ])
        },
        ScriptFunction(
            "module", "The module at a path.",
            parameters: [ScriptParameter("path", .string, "Such as \"blocks.0.fc1\".")],
            returns: [ScriptResult(.object("hire.Module"), "the module")]
        ) { [.object(ModuleObject.of(try module($0).module(at: try $0.string("path"))))] },
        ScriptFunction(
            "tensor", "The numbers of a parameter or buffer, with the gradient in `grad`.",
            parameters: [ScriptParameter("path", .string, "Such as \"fc1.weight\".")],
            returns: [ScriptResult(.tensor, "the numbers as they are now")]
        ) { arguments in
            let path = try arguments.string("path")
            let module = try module(arguments)
            if let found = module.parameters().first(where: { $0.path == path }) {
                return [.tensor(try found.parameter.tensor)]
            }
            if let found = module.buffers().first(where: { $0.path == path }) {
                return [.tensor(try found.buffer.tensor)]
            }
            let known = module.parameters().map(\.path) + module.buffers().map(\.path)
            throw ScriptError.message(
                NearestNames.sentence(kind: "parameter or buffer", name: path, among: known))
        },
    ]

    private static let pattern = ScriptParameter.optional(
        "pattern", .string, "A glob over paths of parameters or modules.", default: "everything")

    private static let training: [ScriptFunction] = [
        ScriptFunction("freeze", "Excludes parameters from training.", parameters: [pattern]) {
            arguments in
            if let pattern = try arguments.optionalString("pattern") {
                try module(arguments).freeze(pattern)
            } else {
                try module(arguments).freeze()
            }
            return []
        },
        ScriptFunction("unfreeze", "Trains parameters again.", parameters: [pattern]) { arguments in
            if let pattern = try arguments.optionalString("pattern") {
                try module(arguments).unfreeze(pattern)
            } else {
                try module(arguments).unfreeze()
            }
            return []
        },
        ScriptFunction(
            "train", "Switches dropout and batch statistics on, or off with false.",
            parameters: [.optional("on", .boolean, "Whether to train.", default: "true")]
        ) { arguments in
            try module(arguments).train(try arguments.boolean("on", default: true))
            return []
        },
        ScriptFunction("zero_grad", "Forgets the gradients of all parameters.") { arguments in
            try module(arguments).zeroGradients()
            return []
        },
        ScriptFunction(
            "initialize", "Draws all parameters anew; each from its path and the seed.",
            parameters: [.optional("seed", .integer, "The seed.", default: "the run's")]
        ) { arguments in
            var source = arguments.host.context.random
            if arguments.has("seed") {
                source = RandomSource(
                    seed: UInt64(bitPattern: Int64(try arguments.integer("seed"))))
            }
            try module(arguments).initialize(from: source)
            return []
        },
        ScriptFunction(
            "add_lora", "Attaches LoRA to linear layers and freezes their own weights.",
            parameters: [
                ScriptParameter("patterns", .list(.string), "Globs over paths of layers.")
            ],
            options: [
                .optional("rank", .integer, "The inner width.", default: "8"),
                .optional("alpha", .number, "The scale is alpha / rank.", default: "16"),
                .optional("dropout", .number, "Of the adapter's input.", default: "0"),
            ], returns: [ScriptResult(.list(.string), "the paths of the layers")]
        ) { arguments in
            let paths = try module(arguments).addLoRA(
                try arguments.strings("patterns"), rank: try arguments.integer("rank", default: 8),
                alpha: try arguments.number("alpha", default: 16),
                dropout: try arguments.number("dropout", default: 0))
            return [.list(paths.map(ScriptValue.string))]
        },
    ]

    static func module(_ arguments: ScriptArguments) throws -> any Module {
        arguments.receiver(ModuleObject.self).module
    }

    private static func initializer(_ arguments: ScriptArguments) throws -> Initializer {
        if arguments.has("value") { return .constant(try arguments.number("value")) }
        switch try arguments.string("init", default: "zeros") {
        case "ones": return .ones
        case "uniform":
            let bound = try arguments.number("bound", default: 1)
            return .uniform(low: -bound, high: bound)
        case "normal": return .normal(deviation: try arguments.number("deviation", default: 1))
        default: return .zeros
        }
    }
}
