import HireArray

extension OpTable {
    private static let parameters = [
        OpParameter("q", .tensor, "The queries [b, h, tq, d]."),
        OpParameter("k", .tensor, "The keys [b, hk, tk, d]; hk divides h."),
        OpParameter("v", .tensor, "The values, shaped like the keys."),
        OpParameter(
            "mask", .optionalTensor,
            "Broadcasts to [b, h, tq, tk]: bools (true may be seen), or numbers added to the scores."
        ),
        OpParameter(
            "is_causal", .flag, "Whether a query sees only keys up to its own position.",
            default: .flag(false)),
        OpParameter(
            "scale", .number, "The factor on scores; left out, 1/sqrt(d).", default: .absent),
        OpParameter(
            "query_offset", .integer, "How many keys lie before the first query.",
            default: .integer(0)),
    ]
    private static let cost = OpCostRule.counted("2 x b x h x tq x tk x d, whatever is masked")

    /// The transformer's own operations.
    static let attention: [Op] = [
        Op(
            "rope", "Rotary position embedding: pairs (j, j + d/2) turned by given angles.",
            counterpart: nil,
            parameters: [
                OpParameter("x", .tensor, "[..., T, d] with even d."),
                OpParameter("cosines", .tensor, "[T, d/2], constants.", isDifferentiable: false),
                OpParameter("sines", .tensor, "[T, d/2], constants.", isDifferentiable: false),
            ],
            examples: [
                OpExample(
                    "heads",
                    [
                        ("x", .uniform([2, 3, 4, 6])),
                        ("cosines", .uniform([4, 3], low: -1, high: 1)),
                        ("sines", .uniform([4, 3], low: -1, high: 1)),
                    ]),
                OpExample(
                    "strided",
                    [
                        ("x", .permuted(.uniform([2, 4, 3, 2]), [0, 2, 1, 3])),
                        ("cosines", .uniform([4, 1], low: -1, high: 1)),
                        ("sines", .uniform([4, 1], low: -1, high: 1)),
                    ]),
            ]
        ) { [try $0.tensor("x").rope($0.tensor("cosines"), $0.tensor("sines"))] },
        Op(
            "scaled_dot_product_attention", "Softmax of scaled, masked scores, times the values.",
            counterpart: "F.scaled_dot_product_attention", parameters: parameters, costRule: cost,
            examples: examples
        ) {
            [
                try $0.tensor("q").scaledDotProductAttention(
                    $0.tensor("k"), $0.tensor("v"), mask: $0.optionalTensor("mask"),
                    isCausal: $0.flag("is_causal"), scale: $0.optionalNumber("scale"),
                    queryOffset: $0.integer("query_offset"))
            ]
        },
        Op(
            "scaled_dot_product_attention_with_probabilities",
            "Attention that also gives its probabilities, which carry no gradient.",
            counterpart: nil,
            parameters: parameters,
            results: [OpResult("output"), OpResult("probabilities", isDifferentiable: false)],
            costRule: cost, examples: examples
        ) {
            let result = try $0.tensor("q").scaledDotProductAttentionWithProbabilities(
                $0.tensor("k"), $0.tensor("v"), mask: $0.optionalTensor("mask"),
                isCausal: $0.flag("is_causal"), scale: $0.optionalNumber("scale"),
                queryOffset: $0.integer("query_offset"))
            return [result.output, result.probabilities]
        },
    ]

    private static let examples = [
        heads("plain", [2, 2, 3, 4], [2, 2, 3, 4]),
        heads("causal", [1, 2, 4, 2], [1, 2, 4, 2], [("is_causal", .flag(true))]),
        heads(
            "cached", [1, 2, 2, 4], [1, 2, 5, 4],
            [("is_causal", .flag(true)), ("query_offset", .integer(3))]),
        heads("shared heads", [2, 4, 3, 2], [2, 2, 5, 2], [("scale", .number(0.3))]),
        heads("bool mask", [1, 2, 3, 4], [1, 2, 3, 4], [("mask", seen)]),
        heads("learned mask", [1, 2, 3, 4], [1, 2, 3, 4], [("mask", .uniform([2, 3, 3]))]),
        heads(
            "learned causal mask", [1, 4, 3, 2], [1, 2, 4, 2],
            [
                ("mask", .uniform([3, 4])), ("is_causal", .flag(true)),
                ("query_offset", .integer(1)),
            ]),
    ]

    /// Each query sees at least one key.
    private static let seen = OpInput.bools(
        [
            true, false, false, true, true, false, false, true, true,
        ], [3, 3])

    private static func heads(
        _ label: String, _ q: Shape, _ k: Shape, _ more: [(name: String, input: OpInput)] = []
    ) -> OpExample {
        OpExample(label, [("q", .uniform(q)), ("k", .uniform(k)), ("v", .uniform(k))] + more)
    }
}
