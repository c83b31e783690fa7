import HireArray

extension OpTable {
    /// A whole joint bilateral stage.
    static let bilateralStage = Op(
        "bilateral_stage",
        "The kernels of one whole joint bilateral stage: the kernel n of the projected guidance, then "
            + "n + correction * fixup([n, guidance]). Keeps only its operands for the backward pass.",
        counterpart: nil,
        parameters: [
            OpParameter("x", .tensor, "The guidance [b, g, H, W]."),
            OpParameter(
                "projection", .tensorList,
                "Weight [key, g], bias, weight [key, key], bias of the projection."),
            OpParameter(
                "fixup", .tensorList,
                "Weight [taps, taps + g], bias, weight [taps, taps], bias of the correction."),
            OpParameter("temperature", .tensor, "The factor on similarities, one number."),
            OpParameter("spatial", .tensor, "The window [(2r+1)^2]."),
            OpParameter("radius", .integer, "The reach of the kernel."),
            OpParameter(
                "correction", .number, "The share of the correction.", default: .number(0.1)),
            OpParameter(
                "projection_scales", .optionalTensor,
                "Factors [b, key] on the projection's hidden channels, as dropout draws them.",
                isDifferentiable: false),
            OpParameter(
                "fixup_scales", .optionalTensor,
                "Factors [b, taps] on the correction's hidden channels.", isDifferentiable: false),
        ],
        costRule: .counted(
            "per pixel: g x key + key^2 + key x taps + (g + taps) x taps + taps^2"),
        examples: [
            example("radius 1", [2, 2, 4, 5], key: 3, radius: 1, scales: true),
            example("radius 0", [1, 2, 3, 1], key: 2, radius: 0),
            example("one guidance channel", [1, 1, 2, 3], key: 1, radius: 1),
        ]
    ) {
        [
            try $0.tensor("x").bilateralStage(
                projection: $0.tensors("projection"), fixup: $0.tensors("fixup"),
                temperature: $0.tensor("temperature"), spatial: $0.tensor("spatial"),
                radius: $0.integer("radius"), correction: $0.number("correction"),
                projectionScales: $0.optionalTensor("projection_scales"),
                fixupScales: $0.optionalTensor("fixup_scales"))
        ]
    }

    private static func example(
        _ label: String, _ shape: Shape, key: Int, radius: Int, scales: Bool = false
    ) -> OpExample {
        let taps = (2 * radius + 1) * (2 * radius + 1)
        let layers = { (input: Int, output: Int) -> OpInput in
            .list(
                [[output, input], [output], [output, output], [output]].map {
                    .uniform($0, low: -1, high: 1)
                })
        }
        var inputs: [(String, OpInput)] = [
            ("x", .uniform(shape, low: -1, high: 1)), ("projection", layers(shape[1], key)),
            ("fixup", layers(taps + shape[1], taps)), ("temperature", .values([1.25], [])),
            ("spatial", .uniform([taps], low: 0.25, high: 1)), ("radius", .integer(radius)),
        ]
        if scales {
            inputs.append(("projection_scales", .uniform([shape[0], key], low: 0.5, high: 1.5)))
            inputs.append(("fixup_scales", .uniform([shape[0], taps], low: 0.5, high: 1.5)))
        }
        return OpExample(label, inputs)
    }
}
