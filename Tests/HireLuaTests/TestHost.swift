import HireArray
import HireReference
import HireShapes
import HireTensor
import HireVLM

/// A host that keeps what scripts print and computes on the reference back-end.
final class TestHost: ScriptHost {
    private(set) var context = Context(backend: ReferenceBackend(), seed: 7)
    var catalog = PluginCatalog()
    let outputFolder: String
    let isSmoke = true
    let arguments: [String] = []
    private(set) var printed = ""

    init(outputFolder: String = "runs/test") { self.outputFolder = outputFolder }

    func shapesContext() -> Context { Context(backend: ShapesBackend()) }
    func making<R>(in context: Context, _ body: () throws -> R) rethrows -> R {
        let before = self.context
        self.context = context
        defer { self.context = before }
        return try body()
    }
    func write(_ text: String) { printed += text }
    func show(png: [UInt8], path: String) {}
    func progress(_ title: String, total: Int) -> any ScriptProgress { SilentProgress() }
    func checkInterrupt() throws {}
}

private final class SilentProgress: ScriptProgress {
    func update(_ done: Int, note: String) {}
    func finish() {}
}

/// Counts how many of its kind are alive.
final class Population {
    var alive = 0
}

/// An object for tests: it holds a number and can be added, called and counted.
final class Pebble: ScriptObject {
    let weight: Int
    private let population: Population?

    init(_ weight: Int, in population: Population? = nil) {
        self.weight = weight
        self.population = population
        population?.alive += 1
    }

    deinit { population?.alive -= 1 }

    var scriptDescription: String { "pebble of \(weight) g" }

    static let scriptClass = ScriptClass(
        name: "test.Pebble", summary: "A pebble.",
        methods: [
            ScriptFunction(
                "heavier", "A pebble that is heavier.",
                parameters: [.optional("by", .integer, "Grams.")]
            ) {
                let pebble = $0.receiver(Pebble.self)
                return [.object(Pebble(pebble.weight + (try $0.integer("by", default: 1))))]
            },
            ScriptFunction("itself", "The very same pebble.") {
                [.object($0.receiver(Pebble.self))]
            },
            ScriptFunction("split", "Always fails.") { _ in
                throw ScriptError.message("Pebbles do not split.")
            },
        ],
        properties: [
            ScriptProperty("weight", .integer, "Grams.") { .integer(($0 as? Pebble)?.weight ?? 0) }
        ],
        call: ScriptFunction("call", "Its weight.") { [.integer($0.receiver(Pebble.self).weight)] },
        operators: [
            .add: ScriptFunction(
                "add", "The sum.",
                parameters: [
                    ScriptParameter("a", .object("test.Pebble"), "One."),
                    ScriptParameter("b", .object("test.Pebble"), "Another."),
                ]
            ) {
                .init([
                    .object(
                        Pebble(
                            try $0.object("a", Pebble.self).weight
                                + $0.object("b", Pebble.self).weight))
                ])
            },
            .length: ScriptFunction(
                "length", "Its weight.", parameters: [ScriptParameter("a", .any, "It.")]
            ) {
                [.integer(try $0.object("a", Pebble.self).weight)]
            },
        ])
}

/// Functions that exercise the binding.
enum TestLibrary {
    static func make(_ population: Population) -> ScriptLibrary {
        nonisolated(unsafe) let population = population
        return ScriptLibrary(
            name: "test", summary: "Functions for tests.",
            functions: [
                ScriptFunction(
                    "pebble", "A new pebble.", parameters: [.optional("weight", .integer, "Grams.")]
                ) { [.object(Pebble(try $0.integer("weight", default: 1), in: population))] },
                ScriptFunction(
                    "call", "Calls a function.",
                    parameters: [
                        ScriptParameter("f", .function, "It."),
                        .optional("x", .any, "Its argument."),
                    ]
                ) { arguments in
                    let witness = Pebble(0, in: population)
                    let results = try arguments.function("f")?.call([
                        arguments.value("x"), .object(witness),
                    ])
                    return results ?? []
                },
                ScriptFunction(
                    "fail", "Throws while it holds an object.",
                    parameters: [.optional("text", .string, "What to say.")]
                ) {
                    let witness = Pebble(0, in: population)
                    defer { withExtendedLifetime(witness) {} }
                    throw ScriptError.message(try $0.string("text", default: "It failed."))
                },
                ScriptFunction(
                    "echo", "Gives back its argument.",
                    parameters: [ScriptParameter("value", .any, "Anything.")]
                ) {
                    [$0.value("value")]
                },
                ScriptFunction(
                    "describe", "Says what it got.",
                    parameters: [
                        ScriptParameter("shape", .list(.integer), "Extents."),
                        .optional("dim", .dimension, "A dimension."),
                    ],
                    options: [
                        .optional("mode", .choice(["near", "far"]), "How."),
                        .optional("scale", .number, "How much."),
                        .optional("dims", .dimensions, "Dimensions."),
                    ],
                    returns: [
                        ScriptResult(.string, "text"), ScriptResult(.dimension, "the dimension"),
                    ]
                ) { arguments in
                    let dim = try arguments.integer("dim", default: -1)
                    let mode = try arguments.string("mode", default: "near")
                    let scale = try arguments.number("scale", default: 1)
                    let dims = arguments.has("dims") ? try arguments.integers("dims") : []
                    return [
                        .string(
                            "\(try arguments.integers("shape")) \(dim) \(mode) \(scale) \(dims)"),
                        .integer(dim),
                    ]
                },
                ScriptFunction(
                    "zeros", "A tensor of bytes.",
                    parameters: [ScriptParameter("bytes", .integer, "How many.")]
                ) {
                    let context = $0.host.context
                    let array = try context.backend.allocate(
                        [try $0.integer("bytes") / 4], .float32)
                    return [.tensor(Tensor(array, in: context))]
                },
                ScriptFunction("live_bytes", "Bytes that tensors hold.") {
                    [.integer($0.host.context.backend.ledger.liveBytes)]
                },
                ScriptFunction("peak_bytes", "The most they held.") {
                    [.integer($0.host.context.backend.ledger.peakBytes)]
                },
            ],
            classes: [Pebble.scriptClass])
    }
}
