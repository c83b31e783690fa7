import CLua
import HireArray
import HireFiles
import HireTensor
import HireVLM

/// The fields of `hire` itself.
enum CoreLibrary {
    static let library = ScriptLibrary(
        name: "", summary: "The run, help, random numbers and time.",
        functions: [
            help, seed, noGrad, arguments, outputFolder, isSmoke, progress, time, memory,
            checkInterrupt, checkFinite,
        ] + AuthoringLibrary.functions,
        classes: [
            ProgressObject.scriptClass, FeatureMapObject.scriptClass,
            EnricherDescription.scriptClass,
        ],
        constants: [
            ScriptConstant("version", ToolkitVersion.text, "The version of the toolkit."),
            ScriptConstant("lua_version", LuaVersion.text, "The version of Lua."),
        ])

    private static let help = ScriptFunction(
        "help", "Shows what a function, class or library is for.",
        parameters: [
            .optional(
                "topic", .any, "A name such as \"tensor.zeros\", a function, or an object.",
                default: "all libraries")
        ],
        example: "hire.help(\"tensor\")"
    ) { arguments in
        let index = HelpIndex(LibraryList.all)
        switch arguments.value("topic") {
        case .none: arguments.host.print(index.overview())
        case .string(let name): arguments.host.print(try index.page(name))
        case .tensor: arguments.host.print(try index.page("hire.Tensor"))
        case .object(let object):
            arguments.host.print(try index.page(type(of: object).scriptClass.name))
        case .function(let function):
            guard let adapter = (function as? LuaFunction)?.adapter else {
                throw ScriptError.message("This function is not part of hire and has no help.")
            }
            arguments.host.print(try index.page(adapter.displayName))
        default: throw arguments.mismatch("topic", "a name, a function or an object of hire")
        }
        return []
    }

    private static let seed = ScriptFunction(
        "seed", "Starts all random numbers over from a seed.",
        parameters: [ScriptParameter("seed", .integer, "Any whole number, not negative.")],
        example: "hire.seed(7)"
    ) { arguments in
        let seed = try arguments.integer("seed")
        guard let seed = UInt64(exactly: seed) else {
            throw arguments.mismatch("seed", "a whole number that is not negative")
        }
        arguments.host.context.resetStreams(RandomSource(seed: seed))
        return []
    }

    private static let noGrad = ScriptFunction(
        "no_grad", "Calls a function without recording gradients; gives what it returns.",
        parameters: [ScriptParameter("body", .function, "The function, called without arguments.")],
        returns: [ScriptResult(.any, "what the function returned")],
        example: "local two = hire.no_grad(function() return 2 end)"
    ) { arguments in
        guard let body = try arguments.function("body") else { return [] }
        return try arguments.host.context.withoutGradients { try body.call([]) }
    }

    private static let arguments = ScriptFunction(
        "arguments", "The arguments behind `--` on the command line.",
        returns: [ScriptResult(.list(.string), "one text per argument")],
        example: "local steps = tonumber(hire.arguments()[1] or 100)"
    ) { [.list($0.host.arguments.map(ScriptValue.string))] }

    private static let outputFolder = ScriptFunction(
        "output_folder",
        "The folder for results (`--out`); it is made when something is first written.",
        returns: [ScriptResult(.string, "the path")], example: "print(hire.output_folder())"
    ) { [.string($0.host.outputFolder)] }

    private static let isSmoke = ScriptFunction(
        "is_smoke", "Whether the experiment should shrink itself to under a minute (`--smoke`).",
        returns: [ScriptResult(.boolean, "true with --smoke")],
        example: "local steps = hire.is_smoke() and 5 or 500"
    ) { [.boolean($0.host.isSmoke)] }

    private static let progress = ScriptFunction(
        "progress", "Shows progress of long work: a bar on a terminal, sparse lines in a log.",
        parameters: [
            ScriptParameter("title", .string, "What is being done."),
            ScriptParameter("total", .integer, "The number of items."),
        ],
        returns: [ScriptResult(.object("hire.Progress"), "the bar")],
        example: """
            local bar = hire.progress("counting", 10)
            for i = 1, 10 do bar:update(i) end
            bar:finish()
            """
    ) { arguments in
        [
            .object(
                ProgressObject(
                    arguments.host.progress(
                        try arguments.string("title"), total: try arguments.integer("total"))))
        ]
    }

    private static let time = ScriptFunction(
        "time", "Seconds on a clock that never goes back; differences are durations.",
        returns: [ScriptResult(.number, "seconds")],
        example: "local start = hire.time(); print(hire.time() - start)"
    ) { _ in [.number(ProgressBar.clock())] }

    private static let memory = ScriptFunction(
        "memory", "Bytes that tensors hold now, and the most they have held.",
        options: [
            .optional(
                "reset_peak", .boolean, "Measures the most anew from here on.", default: "false")
        ],
        returns: [ScriptResult(.table, "`live` and `peak`, in bytes")],
        example: "print(hire.memory().live)"
    ) { arguments in
        let ledger = arguments.host.context.backend.ledger
        let peak = ledger.peakBytes
        if try arguments.boolean("reset_peak", default: false) { ledger.resetPeak() }
        return [
            .table([
                (key: "live", value: .integer(ledger.liveBytes)),
                (key: "peak", value: .integer(peak)),
            ])
        ]
    }

    private static let checkFinite = ScriptFunction(
        "check_finite",
        "Makes every layer look for NaN and infinity in what goes in and comes out, and fail with the path of the first "
            + "that makes one; slow, for finding out where such numbers come from.",
        parameters: [ScriptParameter("on", .boolean, "Whether layers look.")],
        returns: [ScriptResult(.boolean, "whether they did before")],
        example: """
            local before = hire.check_finite(true)
            -- run a model here
            hire.check_finite(before)
            """
    ) { arguments in
        let context = arguments.host.context
        let before = context.checksFinite
        context.checksFinite = try arguments.boolean("on")
        return [.boolean(before)]
    }

    private static let checkInterrupt = ScriptFunction(
        "check_interrupt",
        "Fails when the user pressed Ctrl-C, so that long work ends at a clean point.",
        example: "hire.check_interrupt()"
    ) { arguments in
        try arguments.host.checkInterrupt()
        return []
    }
}

/// The version of Lua that scripts run in.
public enum LuaVersion {
    /// Such as "5.4.4".
    public static let text = "\(LUA_VERSION_MAJOR).\(LUA_VERSION_MINOR).\(LUA_VERSION_RELEASE)"
}

/// A progress bar in a script's hands.
final class ProgressObject: ScriptObject {
    private let progress: any ScriptProgress
    init(_ progress: any ScriptProgress) { self.progress = progress }

    var scriptDescription: String { "progress bar" }

    static let scriptClass = ScriptClass(
        name: "hire.Progress", summary: "A progress bar.",
        methods: [
            ScriptFunction(
                "update", "Moves to a number of finished items.",
                parameters: [
                    ScriptParameter("done", .integer, "Finished items."),
                    .optional("note", .string, "A short text such as \"loss 0.31\"."),
                ]
            ) { arguments in
                arguments.receiver(ProgressObject.self).progress.update(
                    try arguments.integer("done"), note: try arguments.string("note", default: ""))
                return []
            },
            ScriptFunction("finish", "Ends it; the last state stays visible.") { arguments in
                arguments.receiver(ProgressObject.self).progress.finish()
                return []
            },
        ])
}
