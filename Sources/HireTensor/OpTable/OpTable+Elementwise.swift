import HireArray

extension OpTable {
    /// Functions of one number.
    static let elementwise: [Op] =
        [
            unary("neg", "The negative.") { try $0.negated() },
            unary("abs", "The absolute value.") { try $0.abs() },
            unary("exp", "The exponential.") { try $0.exp() },
            unary("log", "The natural logarithm.", positive: true) { try $0.log() },
            unary("sqrt", "The square root.", positive: true) { try $0.sqrt() },
            unary("rsqrt", "One over the square root.", positive: true) { try $0.rsqrt() },
            unary("reciprocal", "One over x.", positive: true) { try $0.reciprocal() },
            unary("square", "The square.") { try $0.square() },
            unary("sin", "The sine.") { try $0.sin() },
            unary("cos", "The cosine.") { try $0.cos() },
            unary("tanh", "The hyperbolic tangent.") { try $0.tanh() },
            unary("sigmoid", "The logistic function 1 / (1 + exp(-x)).") { try $0.sigmoid() },
            unary("relu", "The larger of x and 0.") { try $0.relu() },
            unary("erf", "The error function.") { try $0.erf() },
            unary("sign", "-1, 0 or 1 by the sign.") { try $0.sign() },
            unary("floor", "Rounded down.") { try $0.floor() },
            unary("ceil", "Rounded up.") { try $0.ceil() },
            unary("round", "Rounded to the nearest whole number, ties to even.") { try $0.round() },
            unary("silu", "x times sigmoid(x).", in: "F") { try $0.silu() },
        ] + [
            Op(
                "gelu", "The Gaussian error linear unit.", counterpart: "F.gelu",
                parameters: [
                    x,
                    OpParameter(
                        "kind", choice(of: GELUKind.self),
                        "Exact, the tanh approximation, or OpenAI's x * sigmoid(1.702 x).",
                        default: .choice("erf")),
                ],
                examples: GELUKind.allCases.map {
                    OpExample(
                        $0.rawValue,
                        [
                            ("x", .uniform([3, 5], low: -4, high: 4)),
                            ("kind", .choice($0.rawValue)),
                        ])
                }
            ) { [try $0.tensor("x").gelu($0.choice("kind", as: GELUKind.self))] },
            Op(
                "logical_not", "Not, on bools.", counterpart: "torch.logical_not",
                parameters: [OpParameter("x", .flagTensor, "The bools.")],
                results: [OpResult("result", .flags)], isDifferentiable: false,
                examples: [OpExample("flags", [("x", .flags([2, 5]))])]
            ) { [try $0.tensor("x").logicalNot()] },
            Op(
                "clamp", "x limited to a smallest and a largest value.", counterpart: "torch.clamp",
                parameters: [
                    x, OpParameter("min", .number, "The smallest value.", default: .absent),
                    OpParameter("max", .number, "The largest value.", default: .absent),
                ],
                examples: [
                    OpExample(
                        "both",
                        [("x", .uniform([4, 5])), ("min", .number(-0.5)), ("max", .number(1))]),
                    OpExample("lower only", [("x", .uniform([7])), ("min", .number(0.25))]),
                    OpExample("upper only", [("x", .uniform([7])), ("max", .number(0.25))]),
                ]
            ) {
                [
                    try $0.tensor("x").clamp(
                        min: $0.optionalNumber("min"), max: $0.optionalNumber("max"))
                ]
            },
            Op(
                "affine", "x times a constant plus a constant, in one pass.", counterpart: nil,
                parameters: [
                    x, OpParameter("scale", .number, "The factor."),
                    OpParameter("shift", .number, "What is added.", default: .number(0)),
                ],
                examples: [
                    OpExample(
                        "both",
                        [
                            ("x", .uniform([3, 4])), ("scale", .number(-1.5)),
                            ("shift", .number(0.25)),
                        ]),
                    OpExample(
                        "strided",
                        [("x", .permuted(.uniform([3, 4, 2]), [2, 0, 1])), ("scale", .number(3))]),
                ]
            ) { [try $0.tensor("x").scaled(by: $0.number("scale"), plus: $0.number("shift"))] },
        ]

    private static func unary(
        _ name: String, _ summary: String, in module: String = "torch", positive: Bool = false,
        _ function: @escaping @Sendable (Tensor) throws -> Tensor
    ) -> Op {
        let low = positive ? 0.25 : -3.0
        return Op(
            name, summary, counterpart: "\(name == "relu" ? "F" : module).\(name)", parameters: [x],
            examples: [
                OpExample("matrix", [("x", .uniform([3, 11], low: low, high: 3))]),
                OpExample("scalar", [("x", .uniform([], low: low, high: 3))]),
                OpExample(
                    "strided",
                    [("x", .permuted(.uniform([4, 3, 2], low: low, high: 3), [1, 2, 0]))]),
            ]
        ) { [try function($0.tensor("x"))] }
    }
}
