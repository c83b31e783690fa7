import HireArray

extension OpTable {
    /// Dropping out at random.
    static let random: [Op] = [
        dropping("dropout", "Elements set to 0 at random, the others divided by 1 - p.") {
            try $0.dropout(p: $1, from: $2)
        },
        dropping("dropout2d", "Whole channels set to 0 at random, the others divided by 1 - p.") {
            try $0.dropout2d(p: $1, from: $2)
        },
    ]

    private static func dropping(
        _ name: String, _ summary: String,
        _ function: @escaping @Sendable (Tensor, Double, RandomSource) throws -> Tensor
    ) -> Op {
        Op(
            name, summary, counterpart: nil,
            parameters: [
                x, OpParameter("p", .number, "The probability of 0.", default: .number(0.5)),
                OpParameter(
                    "seed", .integer, "The seed; left out, the next random stream of the run.",
                    default: .absent),
            ],
            examples: [
                OpExample("half", [("x", .uniform([3, 4, 2])), ("seed", .integer(5))]),
                OpExample(
                    "rare",
                    [("x", .uniform([2, 5, 3])), ("p", .number(0.1)), ("seed", .integer(6))]),
                OpExample(
                    "all", [("x", .uniform([2, 3])), ("p", .number(1)), ("seed", .integer(7))]),
                OpExample(
                    "none", [("x", .uniform([2, 3])), ("p", .number(0)), ("seed", .integer(7))]),
            ]
        ) {
            [try function($0.tensor("x"), $0.number("p"), $0.randomSource("seed", stream: name))]
        }
    }
}
