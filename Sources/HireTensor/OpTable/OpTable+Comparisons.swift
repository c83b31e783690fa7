import HireArray

extension OpTable {
    /// Comparisons, and choosing by them.
    static let comparisons: [Op] =
        [
            comparison(
                "eq", "Whether a equals b.", { try $0.eq($1) }, { try $0.eq($1) }, { try $1.eq($0) }
            ),
            comparison(
                "ne", "Whether a differs from b.", { try $0.ne($1) }, { try $0.ne($1) },
                { try $1.ne($0) }),
            comparison(
                "lt", "Whether a is less than b.", { try $0.lt($1) }, { try $0.lt($1) },
                { try $1.gt($0) }),
            comparison(
                "le", "Whether a is at most b.", { try $0.le($1) }, { try $0.le($1) },
                { try $1.ge($0) }),
            comparison(
                "gt", "Whether a is greater than b.", { try $0.gt($1) }, { try $0.gt($1) },
                { try $1.lt($0) }),
            comparison(
                "ge", "Whether a is at least b.", { try $0.ge($1) }, { try $0.ge($1) },
                { try $1.le($0) }),
        ] + [
            Op(
                "where", "a where the condition is true, else b; all three broadcast.",
                counterpart: "torch.where",
                parameters: [
                    OpParameter("condition", .flagTensor, "Which to take."),
                    OpParameter("a", .operand, "Taken where true."),
                    OpParameter("b", .operand, "Taken where false."),
                ],
                examples: [
                    OpExample(
                        "same shape",
                        [
                            ("condition", .flags([3, 5])), ("a", .uniform([3, 5])),
                            ("b", .uniform([3, 5])),
                        ]),
                    OpExample(
                        "broadcast",
                        [("condition", .flags([5])), ("a", .uniform([3, 1])), ("b", .uniform([]))]),
                    OpExample(
                        "a number",
                        [("condition", .flags([2, 3])), ("a", .number(0.5)), ("b", .uniform([3]))]),
                ]
            ) { arguments in
                let condition = try arguments.tensor("condition")
                switch (try arguments.operand("a"), try arguments.operand("b")) {
                case (.tensor(let a), .tensor(let b)): return [try Tensor.select(condition, a, b)]
                case (.tensor(let a), .number(let b)):
                    return [try Tensor.select(condition, a, a.context.full([], b, dtype: a.dtype))]
                case (.number(let a), .tensor(let b)): return [try b.maskedFill(condition, a)]
                case (.number, .number): throw noTensor("where")
                }
            },
            Op(
                "masked_fill", "A number where the mask is true, else x.",
                counterpart: "torch.Tensor.masked_fill",
                parameters: [
                    x, OpParameter("mask", .flagTensor, "Where to fill; broadcasts."),
                    OpParameter("value", .number, "The number."),
                ],
                examples: [
                    OpExample(
                        "row mask",
                        [("x", .uniform([3, 4])), ("mask", .flags([4])), ("value", .number(-7))])
                ]
            ) { [try $0.tensor("x").maskedFill($0.tensor("mask"), $0.number("value"))] },
        ]

    private static func comparison(
        _ name: String, _ summary: String,
        _ both: @escaping @Sendable (Tensor, Tensor) throws -> Tensor,
        _ right: @escaping @Sendable (Tensor, Double) throws -> Tensor,
        _ left: @escaping @Sendable (Double, Tensor) throws -> Tensor
    ) -> Op {
        let parameters = [
            OpParameter("a", .operand, "The first operand.", isDifferentiable: false),
            OpParameter(
                "b", .operand, "The second operand; shapes broadcast.", isDifferentiable: false),
        ]
        let equal = OpExample(
            "equal elements", [("a", .values([1, 2, 3], [3])), ("b", .values([1, 3, 2], [3]))])
        let whole = OpExample(
            "whole numbers", [("a", .indices([4], below: 3)), ("b", .indices([4], below: 3))])
        return Op(
            name, summary, counterpart: "torch.\(name)", parameters: parameters,
            results: [OpResult("result", .flags)], isDifferentiable: false,
            examples: operandExamples(low: -2) + [equal, whole]
        ) { arguments in
            switch (try arguments.operand("a"), try arguments.operand("b")) {
            case (.tensor(let a), .tensor(let b)): return [try both(a, b)]
            case (.tensor(let a), .number(let b)): return [try right(a, b)]
            case (.number(let a), .tensor(let b)): return [try left(a, b)]
            case (.number, .number): throw noTensor(name)
            }
        }
    }
}
