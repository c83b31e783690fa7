import HireArray
import HireTensor
import HireVLM

/// What tensors can do in scripts besides the operations of `OpTable`.
enum TensorMethods {
    static let all: [ScriptFunction] = [shape, item, backward]

    static let properties: [ScriptProperty] = [
        ScriptProperty("dtype", .string, "The element type, such as \"float32\".") { object in
            .string(String(describing: try tensor(object).dtype))
        },
        ScriptProperty(
            "grad", .tensor, "The gradient collected by `backward`; nil where there is none."
        ) {
            try tensor($0).gradient.map(ScriptValue.tensor) ?? .none
        },
        ScriptProperty("requires_grad", .boolean, "Whether a gradient would flow through it.") {
            .boolean(try tensor($0).requiresGradient)
        },
    ]

    private static let shape = ScriptFunction(
        "shape", "The extents, outermost first.",
        returns: [ScriptResult(.list(.integer), "one per dimension")]
    ) { arguments in
        let tensor = arguments.receiver(TensorObject.self).tensor
        return [.list(tensor.shape.map(ScriptValue.integer))]
    }

    private static let item = ScriptFunction(
        "item", "The number in a tensor with one element.",
        returns: [ScriptResult(.number, "the value")]
    ) { arguments in
        [.number(try arguments.receiver(TensorObject.self).tensor.item())]
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
        try arguments.receiver(TensorObject.self).tensor.backward(
            try arguments.optionalTensor("gradient"),
            retainGraph: try arguments.boolean("retain_graph", default: false))
        return []
    }

    private static func tensor(_ object: any ScriptObject) throws -> Tensor {
        guard let object = object as? TensorObject else {
            preconditionFailure("A tensor's property was read from another object.")
        }
        return object.tensor
    }
}
