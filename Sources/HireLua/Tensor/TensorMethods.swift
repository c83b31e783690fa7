import HireArray
import HireTensor
import HireVLM

/// What tensors can do in scripts besides the operations of `OpTable`.
enum TensorMethods {
    static let all: [ScriptFunction] =
        [shape, size, item, at, toTable, backward, variable, detach, clearGradient]
        + OpTable.all.compactMap { OpFunction(op: $0).method }

    static let operators: [ScriptOperator: ScriptFunction] = {
        var operators: [ScriptOperator: ScriptFunction] = [.negate: negate, .length: length]
        let names: [(ScriptOperator, String)] = [
            (.add, "add"), (.subtract, "sub"), (.multiply, "mul"), (.divide, "div"),
            (.power, "pow"),
        ]
        for (symbol, name) in names {
            operators[symbol] = OpTable.op(named: name).map { OpFunction(op: $0).function }
        }
        return operators
    }()

    static let properties: [ScriptProperty] = [
        ScriptProperty("dtype", .string, "The element type, such as \"float32\".") {
            .string(tensor($0).dtype.rawValue)
        },
        ScriptProperty("rank", .integer, "The number of dimensions.") { .integer(tensor($0).rank) },
        ScriptProperty("count", .integer, "The number of elements.") { .integer(tensor($0).count) },
        ScriptProperty(
            "grad", .tensor, "The gradient collected by `backward`; nil where there is none."
        ) { tensor($0).gradient.map(ScriptValue.tensor) ?? .none },
        ScriptProperty("requires_grad", .boolean, "Whether a gradient would flow through it.") {
            .boolean(tensor($0).requiresGradient)
        },
    ]

    private static let shape = ScriptFunction(
        "shape", "The extents, outermost first.",
        returns: [ScriptResult(.list(.integer), "one per dimension")]
    ) { [.list(receiver($0).shape.map(ScriptValue.integer))] }

    private static let size = ScriptFunction(
        "size", "The extent along one dimension.",
        parameters: [ScriptParameter("dim", .dimension, "The dimension.")],
        returns: [ScriptResult(.integer, "the extent")]
    ) { arguments in
        let tensor = receiver(arguments)
        let dim = try arguments.integer("dim")
        let axis = dim < 0 ? dim + tensor.rank : dim
        guard tensor.shape.indices.contains(axis) else {
            throw ScriptError.message(
                "size: dimension \(dim < 0 ? dim : dim + 1) does not exist; the shape is \(tensor.shape)."
            )
        }
        return [.integer(tensor.shape[axis])]
    }

    private static let item = ScriptFunction(
        "item", "The number in a tensor with one element.",
        returns: [ScriptResult(.number, "the value")]
    ) { [try scalar(receiver($0), "item")] }

    private static let positions = ["i", "j", "k", "l", "m"]

    private static let at = ScriptFunction(
        "at", "The number at a position; with fewer positions than dimensions, the tensor there.",
        parameters: positions.enumerated().map { offset, name in
            let summary = "The position in dimension \(offset + 1)."
            return offset == 0
                ? ScriptParameter(name, .index, summary) : .optional(name, .index, summary)
        },
        returns: [ScriptResult(.either([.number, .tensor]), "the element, or a part")]
    ) { arguments in
        var tensor = receiver(arguments)
        for name in positions where arguments.has(name) {
            guard tensor.rank > 0 else {
                throw ScriptError.message(
                    "at: more positions than dimensions; the shape is \(receiver(arguments).shape)."
                )
            }
            tensor = try tensor.at(dim: 0, index: try arguments.integer(name))
        }
        return [tensor.rank == 0 ? try scalar(tensor, "at") : .tensor(tensor)]
    }

    private static let toTable = ScriptFunction(
        "totable", "All numbers as nested lists.",
        returns: [ScriptResult(.any, "lists as deep as there are dimensions")]
    ) { arguments in
        let tensor = receiver(arguments)
        let numbers = try values(tensor)
        var position = 0
        func nested(_ axis: Int) -> ScriptValue {
            if axis == tensor.rank {
                position += 1
                return numbers[position - 1]
            }
            return .list((0..<tensor.shape[axis]).map { _ in nested(axis + 1) })
        }
        return [nested(0)]
    }

    private static let backward = ScriptFunction(
        "backward", "Adds the gradient of this tensor to every leaf that it was computed from.",
        options: [
            .optional(
                "gradient", .tensor, "The gradient of this tensor.", default: "1 for one element"),
            .optional(
                "retain_graph", .boolean, "Keep saved values to run again.", default: "false"),
        ]
    ) { arguments in
        try receiver(arguments).backward(
            try arguments.optionalTensor("gradient"),
            retainGraph: try arguments.boolean("retain_graph", default: false))
        return []
    }

    private static let variable = ScriptFunction(
        "variable", "A leaf with the same numbers that collects its gradient in `grad`.",
        returns: [ScriptResult(.tensor, "the leaf")]
    ) { arguments in
        let tensor = receiver(arguments)
        guard tensor.dtype.isFloatingPoint else {
            throw ScriptError.message(
                "variable: only floating-point tensors collect gradients, this one is \(tensor.dtype)."
            )
        }
        return [.tensor(.variable(tensor.array, in: tensor.context))]
    }

    private static let detach = ScriptFunction(
        "detach", "The same numbers without history.",
        returns: [ScriptResult(.tensor, "a constant")]
    ) { [.tensor(receiver($0).detached())] }

    private static let clearGradient = ScriptFunction(
        "clear_grad", "Forgets the collected gradient."
    ) { arguments in
        receiver(arguments).clearGradient()
        return []
    }

    private static let negate = ScriptFunction(
        "neg", "The negative.", parameters: [ScriptParameter("x", .tensor, "The tensor.")],
        returns: [ScriptResult(.tensor, "result")]
    ) { [.tensor(try $0.tensor("x").negated())] }

    private static let length = ScriptFunction(
        "len", "The extent of the first dimension.",
        parameters: [ScriptParameter("x", .tensor, "The tensor.")],
        returns: [ScriptResult(.integer, "the extent")]
    ) { [.integer(try $0.tensor("x").shape.first ?? 1)] }

    /// Every element as scripts see it: floats as numbers, integers as integers, bools as booleans.
    private static func values(_ tensor: Tensor) throws -> [ScriptValue] {
        switch tensor.dtype {
        case .bool: try tensor.array.integers().map { .boolean($0 != 0) }
        case .int32, .int64, .uint8: try tensor.array.integers().map(ScriptValue.integer)
        default: try tensor.array.doubles().map(ScriptValue.number)
        }
    }

    private static func scalar(_ tensor: Tensor, _ name: String) throws -> ScriptValue {
        guard tensor.count == 1, let value = try values(tensor).first else {
            throw ScriptError.message(
                "\(name): expected a tensor with one element, got shape \(tensor.shape).")
        }
        return value
    }

    private static func receiver(_ arguments: ScriptArguments) -> Tensor {
        arguments.receiver(TensorObject.self).tensor
    }

    private static func tensor(_ object: any ScriptObject) -> Tensor {
        guard let object = object as? TensorObject else {
            preconditionFailure("A tensor's property was read from another object.")
        }
        return object.tensor
    }
}
