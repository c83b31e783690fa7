import HireArray
import HireTensor
import HireVLM

/// `hire.tensor`: making tensors, and every operation of `OpTable` as a function.
enum TensorLibrary {
    static let library = ScriptLibrary(
        name: "tensor",
        summary:
            "Tensors: making them, and every operation on them. Tensors of positions count from 0.",
        functions: [from] + OpTable.all.map { OpFunction(op: $0).function },
        classes: [TensorObject.scriptClass])

    private static let from = ScriptFunction(
        "from", "A tensor with given numbers.",
        parameters: [
            ScriptParameter(
                "values", .either([.number, .boolean, .list(.any)]),
                "A number, or lists nested as deep as there are dimensions.")
        ],
        options: [
            .optional("shape", .list(.integer), "Another shape with as many elements."),
            .optional(
                "dtype", .choice(DType.allCases.map(\.rawValue)), "The element type.",
                default: "float32, or bool for booleans"),
            .optional(
                "requires_grad", .boolean, "Collect its gradient in `grad`.", default: "false"),
        ], returns: [ScriptResult(.tensor, "the tensor")],
        example: "local t = hire.tensor.from({ { 1, 2 }, { 3, 4 } })\nassert(t:at(2, 1) == 3)"
    ) { arguments in
        var numbers: [Double] = []
        var onlyFlags = true
        let shape = try extents(
            of: arguments.value("values"), into: &numbers, onlyFlags: &onlyFlags)
        let context = arguments.host.context
        var tensor =
            onlyFlags && !numbers.isEmpty
            ? try context.tensor(numbers.map { $0 != 0 }, shape)
            : try context.tensor(numbers, shape)
        if let name = try arguments.optionalString("dtype"), let dtype = DType(rawValue: name) {
            tensor = try tensor.cast(to: dtype)
        }
        if arguments.has("shape") { tensor = try tensor.reshape(arguments.integers("shape")) }
        guard try arguments.boolean("requires_grad", default: false) else {
            return [.tensor(tensor)]
        }
        guard tensor.dtype.isFloatingPoint else {
            throw ScriptError.message(
                "from: only floating-point tensors collect gradients, this one is \(tensor.dtype).")
        }
        return [.tensor(.variable(tensor.array, in: context))]
    }

    /// Flattens nested lists; the extents must agree.
    private static func extents(
        of value: ScriptValue, into numbers: inout [Double], onlyFlags: inout Bool
    ) throws -> Shape {
        switch value {
        case .integer(let integer):
            onlyFlags = false
            numbers.append(Double(integer))
            return []
        case .number(let number):
            onlyFlags = false
            numbers.append(number)
            return []
        case .boolean(let flag):
            numbers.append(flag ? 1 : 0)
            return []
        case .list(let items):
            var inner: Shape?
            for (position, item) in items.enumerated() {
                let shape = try extents(of: item, into: &numbers, onlyFlags: &onlyFlags)
                if let inner, inner != shape {
                    throw ScriptError.message(
                        "from: item \(position + 1) has shape \(shape), those before it \(inner).")
                }
                inner = shape
            }
            return [items.count] + (inner ?? [])
        default:
            throw ScriptError.message(
                "from: expected numbers or booleans in nested lists, got a \(value.typeName).")
        }
    }
}
