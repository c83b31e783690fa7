import HireArray

extension OpTable {
    /// Losses.
    static let losses: [Op] = [
        Op(
            "cross_entropy", "The negative log-probability of the target class.",
            counterpart: "F.cross_entropy",
            parameters: [
                OpParameter("x", .tensor, "The logits [..., classes]."),
                OpParameter("targets", .indexTensor, "The classes, of the leading shape."),
                OpParameter(
                    "ignore_index", .integer, "Targets of this value count for nothing.",
                    default: .integer(-100)),
                OpParameter(
                    "reduction", choice(of: LossReduction.self), "How rows become one number.",
                    default: .choice("mean")),
            ],
            examples: LossReduction.allCases.map {
                OpExample(
                    $0.rawValue,
                    [
                        ("x", .uniform([4, 6])), ("targets", .positions([2, -100, 5, 0], [4])),
                        ("reduction", .choice($0.rawValue)),
                    ])
            } + [
                OpExample(
                    "tokens",
                    [
                        ("x", .uniform([2, 3, 5])),
                        ("targets", .positions([1, 0, 4, 0, 2, 3], [2, 3])),
                        ("ignore_index", .integer(0)),
                    ])
            ]
        ) {
            [
                try $0.tensor("x").crossEntropy(
                    $0.tensor("targets"), ignoreIndex: $0.integer("ignore_index"),
                    reduction: $0.choice("reduction", as: LossReduction.self))
            ]
        }
    ]
}
