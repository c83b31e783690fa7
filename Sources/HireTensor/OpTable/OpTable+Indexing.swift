import HireArray

extension OpTable {
    private static let dim = OpParameter("dim", .dimension, "The dimension.")
    private static let indices = OpParameter("indices", .indexTensor, "The positions.")
    private static let source = OpParameter("source", .tensor, "What is added.")

    /// Reading and adding at positions.
    static let indexing: [Op] = [
        Op(
            "index_select", "The given positions of a dimension.",
            counterpart: "torch.index_select",
            parameters: [x, dim, indices], costRule: .free,
            examples: [
                OpExample(
                    "rows, repeated",
                    [
                        ("x", .uniform([5, 3])), ("dim", .integer(0)),
                        ("indices", .positions([4, 0, 4, 2], [4])),
                    ]),
                OpExample(
                    "middle",
                    [
                        ("x", .uniform([2, 4, 3])), ("dim", .integer(1)),
                        ("indices", .indices([3], below: 4)),
                    ]),
            ]
        ) { [try $0.tensor("x").indexSelect(dim: $0.integer("dim"), $0.tensor("indices"))] },
        Op(
            "gather", "The element at a position of its own along a dimension, for each place.",
            counterpart: "torch.gather", parameters: [x, dim, indices], costRule: .free,
            examples: [
                OpExample(
                    "last",
                    [
                        ("x", .uniform([3, 5])), ("dim", .integer(1)),
                        ("indices", .indices([3, 4], below: 5)),
                    ]),
                OpExample(
                    "smaller",
                    [
                        ("x", .uniform([4, 3])), ("dim", .integer(0)),
                        ("indices", .indices([6, 2], below: 4)),
                    ]),
            ]
        ) { [try $0.tensor("x").gather(dim: $0.integer("dim"), $0.tensor("indices"))] },
        Op(
            "scatter_add", "A copy of x with the source added at positions along a dimension.",
            counterpart: "torch.scatter_add", parameters: [x, dim, indices, source],
            examples: [
                OpExample(
                    "last",
                    [
                        ("x", .uniform([3, 4])), ("dim", .integer(1)),
                        ("indices", .indices([3, 6], below: 4)), ("source", .uniform([3, 6])),
                    ]),
                OpExample(
                    "first",
                    [
                        ("x", .uniform([4, 3])), ("dim", .integer(0)),
                        ("indices", .indices([2, 3], below: 4)), ("source", .uniform([2, 3])),
                    ]),
            ]
        ) {
            [
                try $0.tensor("x").scatterAdd(
                    dim: $0.integer("dim"), $0.tensor("indices"), $0.tensor("source"))
            ]
        },
        Op(
            "index_add", "A copy of x with slices of the source added at positions of a dimension.",
            counterpart: "torch.index_add", parameters: [x, dim, indices, source],
            examples: [
                OpExample(
                    "rows, repeated",
                    [
                        ("x", .uniform([4, 3])), ("dim", .integer(0)),
                        ("indices", .positions([1, 3, 1], [3])), ("source", .uniform([3, 3])),
                    ]),
                OpExample(
                    "columns",
                    [
                        ("x", .uniform([2, 4])), ("dim", .integer(-1)),
                        ("indices", .positions([0, 3], [2])), ("source", .uniform([2, 2])),
                    ]),
            ]
        ) {
            [
                try $0.tensor("x").indexAdd(
                    dim: $0.integer("dim"), $0.tensor("indices"), $0.tensor("source"))
            ]
        },
        Op(
            "embedding", "The rows of a table at ids of any shape.", counterpart: "F.embedding",
            parameters: [
                OpParameter("weight", .tensor, "The table [V, D]."),
                OpParameter("ids", .indexTensor, "The rows."),
            ],
            costRule: .free,
            examples: [
                OpExample(
                    "tokens",
                    [
                        ("weight", .uniform([7, 4])),
                        ("ids", .positions([1, 6, 1, 0, 3, 3], [2, 3])),
                    ])
            ]
        ) { [try Tensor.embedding($0.tensor("weight"), $0.tensor("ids"))] },
    ]
}
