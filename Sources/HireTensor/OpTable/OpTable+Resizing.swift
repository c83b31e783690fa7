import HireArray

extension OpTable {
    private static let map = OpParameter("x", .tensor, "[..., H, W].")
    private static let size = OpParameter("size", .pair, "Rows and columns of the result.")

    /// Resizing.
    static let resizing: [Op] = [
        Op(
            "interpolate", "Resized rows and columns (corners are not aligned).",
            counterpart: "F.interpolate",
            parameters: [
                map, size,
                OpParameter(
                    "mode", choice(of: InterpolationMode.self), "The filter.",
                    default: .choice("nearest")),
                OpParameter(
                    "antialias", .flag, "Whether to widen the filter when shrinking.",
                    default: .flag(false)),
            ],
            costRule: .counted(
                "per plane: column taps x H, then row taps x columns of the result, or rows first where that is less; none for nearest"
            ),
            examples: InterpolationMode.allCases.flatMap { mode in
                [
                    resize("\(mode) up", [1, 2, 4, 5], [8, 10], mode),
                    resize("\(mode) odd", [2, 1, 4, 4], [7, 9], mode),
                    resize("\(mode) down", [1, 1, 9, 8], [3, 5], mode),
                ]
            }
                + [InterpolationMode.bilinear, .bicubic].flatMap { mode in
                    [
                        resize(
                            "\(mode) antialiased down", [1, 2, 9, 12], [4, 5], mode, antialias: true
                        ),
                        resize(
                            "\(mode) antialiased up", [1, 1, 3, 4], [6, 5], mode, antialias: true),
                    ]
                }
        ) {
            [
                try $0.tensor("x").interpolate(
                    to: $0.pair("size"), mode: $0.choice("mode", as: InterpolationMode.self),
                    antialias: $0.flag("antialias"))
            ]
        },
        Op(
            "adaptive_avg_pool2d",
            "The means of windows that share out the rows and columns evenly.",
            counterpart: "F.adaptive_avg_pool2d", parameters: [map, size],
            costRule: .counted(
                "per plane: column taps x H, then row taps x columns of the result, or rows first where that is less"
            ),
            examples: [
                OpExample(
                    "blocks", [("x", .uniform([1, 2, 6, 8])), ("size", .integers([3, 4]))]),
                OpExample(
                    "overlapping", [("x", .uniform([2, 1, 9, 7])), ("size", .integers([4, 3]))]),
                OpExample(
                    "growing", [("x", .uniform([1, 1, 2, 3])), ("size", .integers([3, 5]))]),
            ]
        ) { [try $0.tensor("x").adaptiveAvgPool2d($0.pair("size"))] },
    ]

    private static func resize(
        _ label: String, _ shape: Shape, _ size: [Int], _ mode: InterpolationMode,
        antialias: Bool = false
    ) -> OpExample {
        OpExample(
            label,
            [
                ("x", .uniform(shape)), ("size", .integers(size)), ("mode", .choice(mode.rawValue)),
                ("antialias", .flag(antialias)),
            ])
    }
}
