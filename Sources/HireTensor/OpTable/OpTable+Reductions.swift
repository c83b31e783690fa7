import HireArray

extension OpTable {
    private static let dims = OpParameter(
        "dims", .dimensions, "The dimensions; left out, all.", default: .absent)
    private static let keepDims = OpParameter(
        "keep_dims", .flag, "Whether reduced dimensions stay with extent 1.", default: .flag(false))

    /// Reductions and running sums.
    static let reductions: [Op] = [
        reduction("sum", "The sum.") { try $0.sum(dims: $1, keepDims: $2) },
        reduction("mean", "The mean.") { try $0.mean(dims: $1, keepDims: $2) },
        reduction("amax", "The largest element; equal ones share its gradient.") {
            try $0.max(dims: $1, keepDims: $2)
        },
        reduction("amin", "The smallest element; equal ones share its gradient.") {
            try $0.min(dims: $1, keepDims: $2)
        },
        reduction("logsumexp", "The logarithm of the sum of exponentials.") {
            try $0.logSumExp(dims: $1, keepDims: $2)
        },
        reduction("norm", "The Euclidean norm.", counterpart: "torch.linalg.vector_norm") {
            try $0.norm(dims: $1, keepDims: $2)
        },
        Op(
            "var", "The variance.", counterpart: "torch.var",
            parameters: [
                x, dims,
                OpParameter(
                    "unbiased", .flag, "Whether to divide by n - 1 instead of n.",
                    default: .flag(true)),
                keepDims,
            ],
            examples: reductionExamples + [
                OpExample(
                    "biased",
                    [
                        ("x", .uniform([3, 4])), ("dims", .integers([1])),
                        ("unbiased", .flag(false)),
                    ])
            ]
        ) {
            [
                try $0.tensor("x").variance(
                    dims: $0.optionalIntegers("dims"), unbiased: $0.flag("unbiased"),
                    keepDims: $0.flag("keep_dims"))
            ]
        },
        Op(
            "argmax", "The position of the first largest element along a dimension.",
            counterpart: "torch.argmax",
            parameters: [
                OpParameter("x", .tensor, "The tensor.", isDifferentiable: false),
                OpParameter("dim", .dimension, "The dimension."), keepDims,
            ],
            results: [OpResult("result", .indices)], isDifferentiable: false,
            examples: [
                OpExample("last", [("x", .uniform([3, 7])), ("dim", .integer(-1))]),
                OpExample(
                    "first, kept",
                    [("x", .uniform([5, 2, 3])), ("dim", .integer(0)), ("keep_dims", .flag(true))]),
                OpExample(
                    "equal elements", [("x", .values([1, 4, 4, 2], [4])), ("dim", .integer(0))]),
            ]
        ) { [try $0.tensor("x").argmax(dim: $0.integer("dim"), keepDims: $0.flag("keep_dims"))] },
        Op(
            "cumsum", "The running sum along a dimension.", counterpart: "torch.cumsum",
            parameters: [x, OpParameter("dim", .dimension, "The dimension.")],
            examples: [
                OpExample("last", [("x", .uniform([3, 7])), ("dim", .integer(-1))]),
                OpExample("middle", [("x", .uniform([2, 4, 3])), ("dim", .integer(1))]),
            ]
        ) { [try $0.tensor("x").cumulativeSum(dim: $0.integer("dim"))] },
    ]

    private static let reductionExamples = [
        OpExample("all", [("x", .uniform([3, 5]))]),
        OpExample("last", [("x", .uniform([2, 3, 7])), ("dims", .integers([-1]))]),
        OpExample(
            "first, kept",
            [("x", .uniform([5, 3])), ("dims", .integers([0])), ("keep_dims", .flag(true))]),
        OpExample("outer two", [("x", .uniform([2, 4, 3, 5])), ("dims", .integers([0, 2]))]),
        OpExample(
            "strided",
            [("x", .permuted(.uniform([4, 2, 3]), [2, 0, 1])), ("dims", .integers([1]))]),
    ]

    private static func reduction(
        _ name: String, _ summary: String, counterpart: String? = nil,
        _ function: @escaping @Sendable (Tensor, [Int]?, Bool) throws -> Tensor
    ) -> Op {
        Op(
            name, summary, counterpart: counterpart ?? "torch.\(name)",
            parameters: [x, dims, keepDims],
            examples: reductionExamples
        ) { [try function($0.tensor("x"), $0.optionalIntegers("dims"), $0.flag("keep_dims"))] }
    }
}
