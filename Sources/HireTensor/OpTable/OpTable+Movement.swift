import HireArray

extension OpTable {
    private static func movement(
        _ name: String, _ summary: String, counterpart: String?, _ parameters: [OpParameter],
        _ examples: [OpExample], _ apply: @escaping @Sendable (OpArguments) throws -> Tensor
    ) -> Op {
        Op(
            name, summary, counterpart: counterpart, parameters: parameters, costRule: .free,
            examples: examples
        ) { [try apply($0)] }
    }

    private static let dim = OpParameter("dim", .dimension, "The dimension.")
    private static let tensors = OpParameter("tensors", .tensorList, "The tensors.")

    /// Movement that copies.
    static let movement: [Op] = [
        movement(
            "cat", "Tensors one after the other along a dimension.", counterpart: "torch.cat",
            [tensors, OpParameter("dim", .dimension, "The dimension.", default: .integer(0))],
            [
                OpExample(
                    "channels",
                    [
                        ("tensors", .list([.uniform([2, 1, 3]), .uniform([2, 4, 3])])),
                        ("dim", .integer(1)),
                    ]),
                OpExample("one", [("tensors", .list([.uniform([2, 3])]))]),
                OpExample(
                    "strided",
                    [
                        (
                            "tensors",
                            .list([.permuted(.uniform([2, 3]), [1, 0]), .uniform([3, 1])])
                        ), ("dim", .integer(-1)),
                    ]),
            ]
        ) { try Tensor.concat($0.tensors("tensors"), dim: $0.integer("dim")) },
        movement(
            "stack", "Tensors of one shape along a new dimension.", counterpart: "torch.stack",
            [tensors, OpParameter("dim", .dimension, "The new dimension.", default: .integer(0))],
            [
                OpExample("front", [("tensors", .list([.uniform([3]), .uniform([3])]))]),
                OpExample(
                    "end",
                    [
                        ("tensors", .list([.uniform([2, 3]), .uniform([2, 3])])),
                        ("dim", .integer(-1)),
                    ]),
            ]
        ) { try Tensor.stack($0.tensors("tensors"), dim: $0.integer("dim")) },
        movement(
            "contiguous", "The same numbers in row-major memory order.",
            counterpart: "torch.Tensor.contiguous", [x],
            [OpExample("strided", [("x", .permuted(.uniform([3, 4, 2]), [2, 1, 0]))])]
        ) { try $0.tensor("x").contiguous() },
        movement(
            "to", "The same numbers in another element type.", counterpart: "torch.Tensor.to",
            [x, OpParameter("dtype", choice(of: DType.self), "The element type.")],
            ["float64", "float16", "bfloat16", "int32", "bool"].map {
                OpExample($0, [("x", .uniform([3, 4])), ("dtype", .choice($0))])
            }
        ) { try $0.tensor("x").cast(to: $0.choice("dtype", as: DType.self)) },
        movement(
            "flip", "The order along dimensions reversed.", counterpart: "torch.flip",
            [x, OpParameter("dims", .dimensions, "The dimensions.")],
            [
                OpExample("one", [("x", .uniform([3, 4])), ("dims", .integers([1]))]),
                OpExample("two", [("x", .uniform([2, 3, 4])), ("dims", .integers([0, 2]))]),
            ]
        ) { try $0.tensor("x").flip($0.integers("dims")) },
        movement(
            "repeat", "The whole tensor repeated along each dimension.",
            counterpart: "torch.Tensor.repeat",
            [
                x,
                OpParameter(
                    "repeats", .integers, "How often, per dimension; more add leading ones."),
            ],
            [
                OpExample("both", [("x", .uniform([2, 3])), ("repeats", .integers([2, 3]))]),
                OpExample("leading", [("x", .uniform([3])), ("repeats", .integers([2, 1]))]),
            ]
        ) { try $0.tensor("x").repeated($0.integers("repeats")) },
        movement(
            "repeat_interleave", "Each element repeated along a dimension.",
            counterpart: "torch.repeat_interleave",
            [x, OpParameter("count", .integer, "How often."), dim],
            [
                OpExample(
                    "heads",
                    [("x", .uniform([2, 3, 4])), ("count", .integer(2)), ("dim", .integer(1))])
            ]
        ) { try $0.tensor("x").repeatInterleave($0.integer("count"), $0.integer("dim")) },
        movement(
            "pad", "The last two dimensions with a border.", counterpart: "F.pad",
            [
                x,
                OpParameter("border", .integers, "Rows above and below, columns left and right."),
                OpParameter(
                    "mode", choice(of: PadMode.self), "What fills it.", default: .choice("zero")),
            ],
            PadMode.allCases.map {
                OpExample(
                    $0.rawValue,
                    [
                        ("x", .uniform([2, 3, 4])), ("border", .integers([1, 2, 3, 0])),
                        ("mode", .choice($0.rawValue)),
                    ])
            } + [
                OpExample(
                    "plane", [("x", .uniform([2, 2])), ("border", .integers([0, 0, 1, 1]))])
            ]
        ) { arguments in
            let border = try arguments.integers("border")
            guard border.count == 4 else {
                throw ArrayError.argument(
                    operation: "pad", name: "border", expected: "four whole numbers",
                    got: "\(border)")
            }
            return try arguments.tensor("x").pad2d(
                border[0], border[1], border[2], border[3],
                mode: arguments.choice("mode", as: PadMode.self))
        },
    ]
}
