import HireNN
import HireTensor
import HireVLM

/// Looking into a running module and changing what passes.
enum ModuleCaptureMethods {
    static let all: [ScriptFunction] = [
        ScriptFunction(
            "capture_points", "The names of everything that can be captured.",
            returns: [ScriptResult(.list(.string), "in the order of the model")]
        ) { [.list(try ModuleMethods.module($0).capturePoints().map(ScriptValue.string))] },
        ScriptFunction(
            "capture",
            "Shows tensors to a function as they are computed, until the handle is cancelled.",
            parameters: [
                ScriptParameter("patterns", .list(.string), "Globs over capture points."),
                ScriptParameter("handler", .function, "Gets the name and the tensor."),
            ], returns: [ScriptResult(.object("hire.Capture"), "the handle; keep it")]
        ) { arguments in
            guard let handler = try arguments.function("handler") else { return [] }
            let handle = try ModuleMethods.module(arguments).capture(
                try arguments.strings("patterns")
            ) { _ = try handler.call([.string($0), .tensor($1)]) }
            return [.object(CaptureObject(handle))]
        },
        ScriptFunction(
            "edit",
            "Like `capture`, and goes on with the tensor that the function gives, if it gives one.",
            parameters: [
                ScriptParameter("pattern", .string, "A glob over capture points."),
                ScriptParameter("handler", .function, "Gets the name and the tensor."),
            ], returns: [ScriptResult(.object("hire.Capture"), "the handle; keep it")]
        ) { arguments in
            guard let handler = try arguments.function("handler") else { return [] }
            let handle = try ModuleMethods.module(arguments).edit(try arguments.string("pattern")) {
                switch try handler.call([.string($0), .tensor($1)]).first ?? .none {
                case .tensor(let tensor): return tensor
                case .none: return nil
                case let other:
                    throw ScriptError.message(
                        "edit: the function must give a tensor or nothing, got \(other.typeName).")
                }
            }
            return [.object(CaptureObject(handle))]
        },
        ScriptFunction(
            "declare_capture", "Declares a capture point besides `output`; `tap` serves it.",
            parameters: [ScriptParameter("name", .string, "Such as \"kernel\".")]
        ) { arguments in
            try ModuleMethods.module(arguments).scope.declareCapture(try arguments.string("name"))
            return []
        },
        ScriptFunction(
            "tap", "Hands a tensor to whoever captures the point; gives back what to go on with.",
            parameters: [
                ScriptParameter("name", .string, "A declared capture point."),
                ScriptParameter("tensor", .tensor, "The tensor."),
            ], returns: [ScriptResult(.tensor, "the same, or an edited one")]
        ) { arguments in
            let scope = try ModuleMethods.module(arguments).scope
            return [
                .tensor(try scope.capture(arguments.string("name"), arguments.tensor("tensor")))
            ]
        },
    ]
}

/// Keeps a capture in force.
final class CaptureObject: ScriptObject {
    private let handle: CaptureHandle
    init(_ handle: CaptureHandle) { self.handle = handle }

    var scriptDescription: String { "capture of \(handle.names.joined(separator: ", "))" }

    static let scriptClass = ScriptClass(
        name: "hire.Capture",
        summary: "A capture or edit in force; it ends with `cancel` or `<close>`.",
        methods: [
            ScriptFunction("cancel", "Ends it.") { arguments in
                arguments.receiver(CaptureObject.self).handle.cancel()
                return []
            },
            ScriptFunction(
                "names", "What the patterns matched.",
                returns: [ScriptResult(.list(.string), "names")]
            ) { [.list($0.receiver(CaptureObject.self).handle.names.map(ScriptValue.string))] },
        ])
}
