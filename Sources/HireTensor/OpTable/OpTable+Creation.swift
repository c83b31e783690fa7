import HireArray

extension OpTable {
    private static let shape = OpParameter("shape", .shape, "The extents.")
    private static let seed = OpParameter(
        "seed", .integer, "The seed; left out, the next random stream of the run.", default: .absent
    )
    private static let dtype = OpParameter(
        "dtype", choice(of: DType.self), "The element type; left out, the context's.",
        default: .absent)

    /// New tensors.
    static let creation: [Op] = [
        creator("zeros", "Zeros.", parameters: [shape, dtype], [("shape", .integers([2, 3]))]) {
            try $0.context.zeros($0.integers("shape"), dtype: dtype($0))
        },
        creator("ones", "Ones.", parameters: [shape, dtype], [("shape", .integers([2, 3]))]) {
            try $0.context.ones($0.integers("shape"), dtype: dtype($0))
        },
        creator(
            "full", "One number everywhere.",
            parameters: [shape, OpParameter("value", .number, "The number."), dtype],
            [("shape", .integers([3])), ("value", .number(0.5)), ("dtype", .choice("float16"))]
        ) {
            try $0.context.full($0.integers("shape"), $0.number("value"), dtype: dtype($0))
        },
        Op(
            "arange", "The whole numbers from 0 up to but not including count, as i32.",
            counterpart: "torch.arange",
            parameters: [OpParameter("count", .integer, "How many.")],
            results: [OpResult("result", .indices)], isDifferentiable: false,
            examples: [OpExample("five", [("count", .integer(5))])]
        ) { [try $0.context.arange($0.integer("count"))] },
        Op(
            "rand", "Uniform random numbers from low up to but not including high.",
            counterpart: nil,
            parameters: [
                shape, OpParameter("low", .number, "The lower bound.", default: .number(0)),
                OpParameter("high", .number, "The upper bound.", default: .number(1)), seed,
            ], isDifferentiable: false,
            examples: [
                OpExample(
                    "seeded",
                    [("shape", .integers([3, 5])), ("low", .number(-1)), ("seed", .integer(3))])
            ]
        ) {
            [
                try $0.context.uniform(
                    $0.integers("shape"), low: $0.number("low"), high: $0.number("high"),
                    from: $0.randomSource("seed", stream: "rand"))
            ]
        },
        Op(
            "randn", "Normally distributed random numbers.", counterpart: nil,
            parameters: [
                shape, OpParameter("mean", .number, "The mean.", default: .number(0)),
                OpParameter("deviation", .number, "The standard deviation.", default: .number(1)),
                seed,
            ], isDifferentiable: false,
            examples: [
                OpExample(
                    "seeded",
                    [
                        ("shape", .integers([3, 5])), ("deviation", .number(2)),
                        ("seed", .integer(3)),
                    ])
            ]
        ) {
            [
                try $0.context.normal(
                    $0.integers("shape"), mean: $0.number("mean"),
                    deviation: $0.number("deviation"),
                    from: $0.randomSource("seed", stream: "randn"))
            ]
        },
    ]

    private static func creator(
        _ name: String, _ summary: String, parameters: [OpParameter],
        _ example: [(name: String, input: OpInput)],
        _ body: @escaping @Sendable (OpArguments) throws -> Tensor
    ) -> Op {
        Op(
            name, summary, counterpart: "torch.\(name)", parameters: parameters,
            isDifferentiable: false, examples: [OpExample("plain", example)]
        ) { [try body($0)] }
    }

    private static func dtype(_ arguments: OpArguments) throws -> DType? {
        try arguments.isAbsent("dtype") ? nil : arguments.choice("dtype", as: DType.self)
    }
}
