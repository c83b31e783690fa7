import HireArray

extension OpTable {
    private static let dim = OpParameter("dim", .dimension, "The dimension.")

    private static func view(
        _ name: String, _ summary: String, counterpart: String? = nil, _ parameters: [OpParameter],
        results: [OpResult] = [OpResult("result")], _ examples: [OpExample],
        _ apply: @escaping @Sendable (OpArguments) throws -> [Tensor]
    ) -> Op {
        Op(
            name, summary, counterpart: counterpart ?? "torch.\(name)",
            parameters: [x] + parameters,
            results: results, costRule: .free, examples: examples, apply: apply)
    }

    private static let cube = OpInput.uniform([2, 3, 4])
    private static let strided = OpInput.permuted(.uniform([4, 2, 3]), [1, 2, 0])

    /// The same numbers seen differently.
    static let views: [Op] = [
        view(
            "reshape", "Another shape with as many elements; one extent may be -1.",
            [OpParameter("shape", .shape, "The new extents.")],
            [
                OpExample("plain", [("x", cube), ("shape", .integers([4, 6]))]),
                OpExample("worked out", [("x", cube), ("shape", .integers([2, -1]))]),
                OpExample("strided", [("x", strided), ("shape", .integers([-1]))]),
            ]
        ) { [try $0.tensor("x").reshape($0.integers("shape"))] },
        view(
            "permute", "Dimensions in another order.",
            [OpParameter("dims", .dimensions, "The old dimension of each new one.")],
            [
                OpExample("cycle", [("x", cube), ("dims", .integers([2, 0, 1]))]),
                OpExample("negative", [("x", cube), ("dims", .integers([-1, 1, 0]))]),
            ]
        ) { [try $0.tensor("x").permute($0.integers("dims"))] },
        view(
            "transpose", "Two dimensions exchanged.",
            [
                OpParameter("first", .dimension, "One of them.", default: .integer(-2)),
                OpParameter("second", .dimension, "The other.", default: .integer(-1)),
            ],
            [
                OpExample("last two", [("x", cube)]),
                OpExample("outer", [("x", cube), ("first", .integer(0)), ("second", .integer(2))]),
            ]
        ) { [try $0.tensor("x").transpose($0.integer("first"), $0.integer("second"))] },
        view(
            "squeeze", "Without a dimension of extent 1, or without all of them.",
            [OpParameter("dim", .dimension, "The dimension; left out, all.", default: .absent)],
            [
                OpExample("all", [("x", .uniform([1, 3, 1]))]),
                OpExample("one", [("x", .uniform([1, 3, 1])), ("dim", .integer(-1))]),
            ]
        ) { [try $0.tensor("x").squeeze($0.optionalInteger("dim"))] },
        view(
            "unsqueeze", "With a new dimension of extent 1 before the given one.", [dim],
            [
                OpExample("front", [("x", .uniform([3, 2])), ("dim", .integer(0))]),
                OpExample("end", [("x", .uniform([3, 2])), ("dim", .integer(-1))]),
            ]
        ) { [try $0.tensor("x").unsqueeze($0.integer("dim"))] },
        view(
            "expand",
            "Repeated along dimensions of extent 1 and new leading ones, without copying.",
            counterpart: "torch.Tensor.expand",
            [OpParameter("shape", .shape, "The new extents; -1 keeps one.")],
            [
                OpExample("rows", [("x", .uniform([1, 3])), ("shape", .integers([4, -1]))]),
                OpExample("new", [("x", .uniform([3, 1])), ("shape", .integers([2, 3, 5]))]),
            ]
        ) { [try $0.tensor("x").expand($0.integers("shape"))] },
        view(
            "slice", "A range of positions along a dimension.", counterpart: "x[start:end:step]",
            [
                dim, OpParameter("start", .index, "The first position.", default: .integer(0)),
                OpParameter(
                    "end", .end, "The position after the last; left out, the extent.",
                    default: .absent),
                OpParameter("step", .integer, "Take every step-th.", default: .integer(1)),
            ],
            [
                OpExample(
                    "middle",
                    [
                        ("x", .uniform([3, 7])), ("dim", .integer(1)), ("start", .integer(2)),
                        ("end", .integer(5)),
                    ]),
                OpExample(
                    "steps",
                    [
                        ("x", .uniform([3, 7])), ("dim", .integer(1)), ("start", .integer(1)),
                        ("step", .integer(2)),
                    ]),
                OpExample(
                    "from the end",
                    [("x", .uniform([5, 2])), ("dim", .integer(0)), ("start", .integer(-2))]),
            ]
        ) {
            [
                try $0.tensor("x").slice(
                    $0.integer("dim"), $0.integer("start"), $0.optionalInteger("end"),
                    step: $0.integer("step"))
            ]
        },
        view(
            "select", "One position of a dimension, which disappears.",
            [dim, OpParameter("index", .index, "The position.")],
            [
                OpExample("first", [("x", cube), ("dim", .integer(0)), ("index", .integer(0))]),
                OpExample("last", [("x", cube), ("dim", .integer(-1)), ("index", .integer(-1))]),
            ]
        ) { [try $0.tensor("x").at(dim: $0.integer("dim"), index: $0.integer("index"))] },
        view(
            "flatten", "Neighbouring dimensions made one.",
            [
                OpParameter("from", .dimension, "The first of them.", default: .integer(0)),
                OpParameter("to", .dimension, "The last of them.", default: .integer(-1)),
            ],
            [
                OpExample("all", [("x", cube)]),
                OpExample("inner", [("x", cube), ("from", .integer(1))]),
                OpExample("scalar", [("x", .uniform([]))]),
            ]
        ) { [try $0.tensor("x").flatten(from: $0.integer("from"), to: $0.integer("to"))] },
        view(
            "split", "Cut apart along a dimension.",
            [dim, OpParameter("sizes", .integers, "The extent of each piece.")],
            results: [OpResult("pieces", .tensors)],
            [
                OpExample(
                    "three",
                    [
                        ("x", .uniform([2, 6])), ("dim", .integer(1)),
                        ("sizes", .integers([1, 3, 2])),
                    ])
            ]
        ) { try $0.tensor("x").split(dim: $0.integer("dim"), sizes: $0.integers("sizes")) },
        view(
            "chunk", "Cut into pieces of equal size, the last one smaller where it must be.",
            [
                OpParameter("count", .integer, "How many pieces."),
                OpParameter("dim", .dimension, "The dimension.", default: .integer(0)),
            ],
            results: [OpResult("pieces", .tensors)],
            [
                OpExample("even", [("x", .uniform([6, 2])), ("count", .integer(3))]),
                OpExample(
                    "uneven",
                    [("x", .uniform([2, 7])), ("count", .integer(3)), ("dim", .integer(1))]),
            ]
        ) { try $0.tensor("x").chunk($0.integer("count"), dim: $0.integer("dim")) },
    ]
}
