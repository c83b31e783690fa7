import HireArray

extension OpTable {
    /// Matrix products.
    static let products: [Op] = [
        Op(
            "matmul", "The matrix product; leading dimensions broadcast.",
            counterpart: "torch.matmul",
            parameters: [
                OpParameter("a", .tensor, "[..., m, k], or a row [k]."),
                OpParameter("b", .tensor, "[..., k, n], or a column [k]."),
            ],
            costRule: .counted("elements of the result x k"),
            examples: [
                matrices("plain", .uniform([3, 4]), .uniform([4, 5])),
                matrices("vectors", .uniform([4]), .uniform([4])),
                matrices("row", .uniform([4]), .uniform([2, 4, 3])),
                matrices("column", .uniform([2, 3, 4]), .uniform([4])),
                matrices("batches", .uniform([2, 3, 4]), .uniform([2, 4, 5])),
                matrices("tall", .uniform([2, 3, 4]), .uniform([4, 2])),
                matrices("broadcast", .uniform([2, 1, 3, 4]), .uniform([3, 4, 2])),
                matrices("one for many", .uniform([3, 4]), .uniform([2, 4, 2])),
                matrices(
                    "strided", .permuted(.uniform([4, 2, 3]), [1, 2, 0]),
                    .permuted(.uniform([5, 4]), [1, 0])),
            ]
        ) { [try $0.tensor("a").matmul($0.tensor("b"))] },
        Op(
            "linear", "x times the transposed weight, plus a bias, over the last dimension.",
            counterpart: "F.linear",
            parameters: [
                x, OpParameter("weight", .tensor, "[out, in]; may be half-width."),
                OpParameter("bias", .optionalTensor, "[out]."),
            ],
            costRule: .counted("elements of x x out"),
            examples: [
                OpExample("no bias", [("x", .uniform([3, 4])), ("weight", .uniform([5, 4]))]),
                OpExample(
                    "tokens",
                    [
                        ("x", .uniform([2, 3, 4])), ("weight", .uniform([5, 4])),
                        ("bias", .uniform([5])),
                    ]),
                OpExample(
                    "one vector",
                    [("x", .uniform([4])), ("weight", .uniform([2, 4])), ("bias", .uniform([2]))]),
                OpExample(
                    "strided",
                    [
                        ("x", .permuted(.uniform([4, 3, 2]), [1, 2, 0])),
                        ("weight", .permuted(.uniform([4, 5]), [1, 0])), ("bias", .uniform([5])),
                    ]),
            ]
        ) { [try $0.tensor("x").linear($0.tensor("weight"), $0.optionalTensor("bias"))] },
    ]

    private static func matrices(_ label: String, _ a: OpInput, _ b: OpInput) -> OpExample {
        OpExample(label, [("a", a), ("b", b)])
    }
}
