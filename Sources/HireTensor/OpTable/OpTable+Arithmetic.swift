import HireArray

extension OpTable {
    /// Functions of two numbers.
    static let arithmetic: [Op] = [
        binary("add", "The sum.", { try $0 + $1 }, { try $0 + $1 }, { try $0 + $1 }),
        binary("sub", "The difference.", { try $0 - $1 }, { try $0 - $1 }, { try $0 - $1 }),
        binary(
            "mul", "The product, element by element.", { try $0 * $1 }, { try $0 * $1 },
            { try $0 * $1 }),
        binary(
            "div", "The quotient, element by element.", positive: true, { try $0 / $1 },
            { try $0 / $1 }, { try $0 / $1 }),
        binary(
            "pow", "a to the power of b.", positive: true, { try $0.pow($1) }, { try $0.pow($1) },
            { try $1.context.full([], $0, dtype: $1.dtype).pow($1) },
            more: [2, 0.5, -0.5, -1, 3, 0, 1.5].map { exponent in
                OpExample(
                    "exponent \(exponent)",
                    [("a", .uniform([6], low: 0.25, high: 2)), ("b", .number(exponent))])
            }),
        binary(
            "maximum", "The larger of the two.", { try $0.maximum($1) },
            { try $0.maximum($0.context.full([], $1, dtype: $0.dtype)) },
            { try $1.maximum($1.context.full([], $0, dtype: $1.dtype)) }, more: ties),
        binary(
            "minimum", "The smaller of the two.", { try $0.minimum($1) },
            { try $0.minimum($0.context.full([], $1, dtype: $0.dtype)) },
            { try $1.minimum($1.context.full([], $0, dtype: $1.dtype)) }, more: ties),
    ]

    private static let ties = [
        OpExample(
            "ties", [("a", .values([1, 2, 3, -1], [4])), ("b", .values([1, 3, 2, -1], [4]))])
    ]

    private static func binary(
        _ name: String, _ summary: String, positive: Bool = false,
        _ both: @escaping @Sendable (Tensor, Tensor) throws -> Tensor,
        _ right: @escaping @Sendable (Tensor, Double) throws -> Tensor,
        _ left: @escaping @Sendable (Double, Tensor) throws -> Tensor, more: [OpExample] = []
    ) -> Op {
        let low = positive ? 0.25 : -2.0
        return Op(
            name, summary, counterpart: "torch.\(name)",
            parameters: [
                OpParameter("a", .operand, "The first operand."),
                OpParameter("b", .operand, "The second operand; shapes broadcast."),
            ],
            examples: operandExamples(low: low) + more
        ) { arguments in
            switch (try arguments.operand("a"), try arguments.operand("b")) {
            case (.tensor(let a), .tensor(let b)): return [try both(a, b)]
            case (.tensor(let a), .number(let b)): return [try right(a, b)]
            case (.number(let a), .tensor(let b)): return [try left(a, b)]
            case (.number, .number): throw noTensor(name)
            }
        }
    }

    static func noTensor(_ name: String) -> ArrayError {
        .argument(
            operation: name, name: "at least one operand", expected: "a tensor", got: "two numbers")
    }

    static func operandExamples(low: Double) -> [OpExample] {
        func pair(_ label: String, _ a: OpInput, _ b: OpInput) -> OpExample {
            OpExample(label, [("a", a), ("b", b)])
        }
        return [
            pair("same shape", .uniform([3, 9], low: low), .uniform([3, 9], low: low)),
            pair("row", .uniform([2, 3, 4], low: low), .uniform([4], low: low)),
            pair("column against row", .uniform([3, 1], low: low), .uniform([1, 5], low: low)),
            pair("scalar tensor", .uniform([], low: low), .uniform([2, 2], low: low)),
            pair(
                "strided", .permuted(.uniform([4, 3], low: low), [1, 0]),
                .uniform([3, 4], low: low)),
            pair("number on the right", .uniform([5], low: low), .number(0.75)),
            pair("number on the left", .number(1.25), .uniform([5], low: low)),
        ]
    }
}
