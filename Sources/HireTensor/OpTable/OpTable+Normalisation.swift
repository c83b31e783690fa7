import HireArray

extension OpTable {
    private static let dim = OpParameter("dim", .dimension, "The dimension.", default: .integer(-1))
    private static let scale = OpParameter("weight", .optionalTensor, "The scale per channel.")
    private static let shift = OpParameter("bias", .optionalTensor, "The shift per channel.")

    private static func epsilon(_ value: Double) -> OpParameter {
        OpParameter("epsilon", .number, "Added to the variance.", default: .number(value))
    }

    /// Softmax and normalisation.
    static let normalisation: [Op] = [
        softmax("softmax", "Exponentials that add up to 1 along a dimension.") {
            try $0.softmax(dim: $1)
        },
        softmax("log_softmax", "The logarithm of softmax.") { try $0.logSoftmax(dim: $1) },
        Op(
            "layer_norm", "Normalised over the last dimension.", counterpart: "F.layer_norm",
            parameters: [x, scale, shift, epsilon(1e-5)],
            examples: affine([3, 7], width: 7) + affine([2, 3, 4], width: 4)
        ) {
            [
                try $0.tensor("x").layerNorm(
                    $0.optionalTensor("weight"), $0.optionalTensor("bias"),
                    epsilon: $0.number("epsilon"))
            ]
        },
        Op(
            "rms_norm",
            "Divided by the root of the mean square over the last dimension, and scaled.",
            counterpart: "F.rms_norm",
            parameters: [x, OpParameter("weight", .tensor, "The scale [D]."), epsilon(1e-6)],
            examples: [
                OpExample("rows", [("x", .uniform([3, 7])), ("weight", .uniform([7]))]),
                OpExample(
                    "tokens",
                    [
                        ("x", .uniform([2, 3, 4])), ("weight", .uniform([4])),
                        ("epsilon", .number(0.1)),
                    ]),
            ]
        ) { [try $0.tensor("x").rmsNorm($0.tensor("weight"), epsilon: $0.number("epsilon"))] },
        Op(
            "group_norm", "Channels normalised in groups, per sample.", counterpart: "F.group_norm",
            parameters: [
                OpParameter("x", .tensor, "[N, C, ...]."),
                OpParameter("groups", .integer, "How many groups."), scale, shift, epsilon(1e-5),
            ],
            examples: affine([2, 4, 3, 2], width: 4, [("groups", .integer(2))])
        ) {
            [
                try $0.tensor("x").groupNorm(
                    groups: $0.integer("groups"), $0.optionalTensor("weight"),
                    $0.optionalTensor("bias"),
                    epsilon: $0.number("epsilon"))
            ]
        },
        Op(
            "batch_norm", "Normalised per channel with given statistics, which are constants.",
            counterpart: "F.batch_norm",
            parameters: [
                OpParameter("x", .tensor, "[N, C, ...]."),
                OpParameter("mean", .tensor, "[C].", isDifferentiable: false),
                OpParameter("variance", .tensor, "[C].", isDifferentiable: false), scale, shift,
                epsilon(1e-5),
            ],
            examples: affine(
                [2, 3, 4, 2], width: 3,
                [("mean", .uniform([3])), ("variance", .uniform([3], low: 0.5, high: 2))])
                + affine(
                    [4, 3], width: 3,
                    [("mean", .uniform([3])), ("variance", .uniform([3], low: 0.5, high: 2))])
        ) {
            [
                try $0.tensor("x").batchNorm(
                    $0.tensor("mean"), $0.tensor("variance"), $0.optionalTensor("weight"),
                    $0.optionalTensor("bias"), epsilon: $0.number("epsilon"))
            ]
        },
        Op(
            "batch_norm_training",
            "Normalised per channel with the batch's own mean and biased variance, which it also gives.",
            counterpart: "F.batch_norm",
            parameters: [OpParameter("x", .tensor, "[N, C, ...]."), scale, shift, epsilon(1e-5)],
            results: [
                OpResult("output"), OpResult("mean", isDifferentiable: false),
                OpResult("variance", isDifferentiable: false),
            ],
            examples: affine([2, 3, 4, 2], width: 3) + affine([5, 2], width: 2)
        ) {
            let result = try $0.tensor("x").batchNormTraining(
                $0.optionalTensor("weight"), $0.optionalTensor("bias"),
                epsilon: $0.number("epsilon"))
            return [result.output, result.mean, result.variance]
        },
    ]

    private static func softmax(
        _ name: String, _ summary: String,
        _ function: @escaping @Sendable (Tensor, Int) throws -> Tensor
    ) -> Op {
        Op(
            name, summary, counterpart: "F.\(name)", parameters: [x, dim],
            examples: [
                OpExample("last", [("x", .uniform([3, 7]))]),
                OpExample("channels", [("x", .uniform([2, 5, 3])), ("dim", .integer(1))]),
                OpExample("strided", [("x", .permuted(.uniform([4, 3]), [1, 0]))]),
            ]
        ) { [try function($0.tensor("x"), $0.integer("dim"))] }
    }

    private static func affine(
        _ shape: Shape, width: Int, _ more: [(name: String, input: OpInput)] = []
    ) -> [OpExample] {
        let base: [(name: String, input: OpInput)] = [("x", .uniform(shape))] + more
        return [
            OpExample("\(shape)", base),
            OpExample("\(shape) scaled", base + [("weight", .uniform([width]))]),
            OpExample("\(shape) shifted", base + [("bias", .uniform([width]))]),
            OpExample(
                "\(shape) both",
                base + [("weight", .uniform([width])), ("bias", .uniform([width]))]),
        ]
    }
}
