import HireArray

extension OpTable {
    private static let stride = OpParameter("stride", .pair, "The step.", default: .integer(1))
    private static let padding = OpParameter(
        "padding", .pair, "Zeros on both sides.", default: .integer(0))
    private static let groups = OpParameter(
        "groups", .integer, "Channel groups.", default: .integer(1))
    private static let bias = OpParameter("bias", .optionalTensor, "[out].")
    private static let map = OpParameter("x", .tensor, "[N, C, H, W].")

    /// Convolution and pooling.
    static let convolutions: [Op] = [
        Op(
            "conv2d", "The two-dimensional convolution (correlation).", counterpart: "F.conv2d",
            parameters: [
                map, OpParameter("weight", .tensor, "[out, in/groups, kh, kw]."), bias, stride,
                padding,
                OpParameter("dilation", .pair, "The distance between taps.", default: .integer(1)),
                groups,
            ],
            costRule: .counted("N x elements of the weight x H x W of the result"),
            examples: [
                convolution("plain", [2, 3, 5, 6], [4, 3, 3, 3], bias: 4),
                convolution(
                    "padded", [1, 2, 4, 5], [3, 2, 3, 3], bias: 3, [("padding", .integer(1))]),
                convolution(
                    "strided", [1, 2, 7, 8], [3, 2, 3, 2],
                    [("stride", .integers([2, 3])), ("padding", .integers([1, 0]))]),
                convolution("one by one", [2, 3, 3, 4], [5, 3, 1, 1], bias: 5),
                convolution(
                    "patches", [1, 3, 8, 8], [4, 3, 4, 4], bias: 4, [("stride", .integer(4))]),
                convolution(
                    "groups", [1, 4, 5, 5], [6, 2, 3, 3], bias: 6,
                    [("groups", .integer(2)), ("padding", .integer(1))]),
                convolution(
                    "depthwise", [2, 3, 5, 4], [3, 1, 3, 3],
                    [("groups", .integer(3)), ("padding", .integer(1))]),
                convolution(
                    "dilated", [1, 2, 7, 7], [2, 2, 3, 3],
                    [("dilation", .integers([2, 1])), ("padding", .integers([2, 1]))]),
                OpExample(
                    "strided memory",
                    [
                        ("x", .permuted(.uniform([1, 5, 4, 2]), [0, 3, 1, 2])),
                        ("weight", .uniform([3, 2, 2, 2])),
                    ]),
            ]
        ) {
            [
                try $0.tensor("x").conv2d(
                    $0.tensor("weight"), $0.optionalTensor("bias"), stride: $0.pair("stride"),
                    padding: $0.pair("padding"), dilation: $0.pair("dilation"),
                    groups: $0.integer("groups"))
            ]
        },
        Op(
            "conv_transpose2d", "The adjoint of the convolution.",
            counterpart: "F.conv_transpose2d",
            parameters: [
                map, OpParameter("weight", .tensor, "[in, out/groups, kh, kw]."), bias, stride,
                padding,
                OpParameter(
                    "output_padding", .pair, "Rows and columns added at the end.",
                    default: .integer(0)),
                groups,
            ],
            costRule: .counted("N x elements of the weight x H x W of x"),
            examples: [
                convolution("plain", [1, 3, 3, 4], [3, 2, 3, 3], bias: 2),
                convolution(
                    "double", [2, 2, 3, 3], [2, 3, 2, 2], bias: 3, [("stride", .integer(2))]),
                convolution(
                    "odd", [1, 2, 3, 4], [2, 2, 3, 3],
                    [
                        ("stride", .integers([2, 3])), ("padding", .integer(1)),
                        ("output_padding", .integers([1, 2])),
                    ]),
                convolution(
                    "groups", [1, 4, 3, 3], [4, 2, 2, 2], bias: 4,
                    [("groups", .integer(2)), ("stride", .integer(2))]),
            ]
        ) {
            [
                try $0.tensor("x").convTranspose2d(
                    $0.tensor("weight"), $0.optionalTensor("bias"), stride: $0.pair("stride"),
                    padding: $0.pair("padding"), outputPadding: $0.pair("output_padding"),
                    groups: $0.integer("groups"))
            ]
        },
        pooling("max_pool2d", "The largest element of each window.") {
            try $0.maxPool2d(kernel: $1, stride: $2, padding: $3)
        },
        pooling("avg_pool2d", "The mean of each window, padding counted.") {
            try $0.avgPool2d(kernel: $1, stride: $2, padding: $3)
        },
    ]

    private static func convolution(
        _ label: String, _ x: Shape, _ weight: Shape, bias: Int? = nil,
        _ settings: [(name: String, input: OpInput)] = []
    ) -> OpExample {
        var inputs: [(name: String, input: OpInput)] = [
            ("x", .uniform(x)), ("weight", .uniform(weight, low: -1, high: 1)),
        ]
        if let bias { inputs.append(("bias", .uniform([bias]))) }
        return OpExample(label, inputs + settings)
    }

    private static func pooling(
        _ name: String, _ summary: String,
        _ function:
            @escaping @Sendable (Tensor, SIMD2<Int>, SIMD2<Int>?, SIMD2<Int>) throws -> Tensor
    ) -> Op {
        Op(
            name, summary, counterpart: "F.\(name)",
            parameters: [
                map, OpParameter("kernel", .pair, "The window."),
                OpParameter("stride", .pair, "The step; left out, the window.", default: .absent),
                padding,
            ],
            examples: [
                OpExample("halves", [("x", .uniform([2, 3, 4, 6])), ("kernel", .integer(2))]),
                OpExample("odd", [("x", .uniform([1, 2, 5, 7])), ("kernel", .integers([2, 3]))]),
                OpExample(
                    "overlapping",
                    [
                        ("x", .uniform([1, 2, 6, 5])), ("kernel", .integer(3)),
                        ("stride", .integer(2)),
                        ("padding", .integer(1)),
                    ]),
            ]
        ) {
            [
                try function(
                    $0.tensor("x"), $0.pair("kernel"), $0.optionalPair("stride"), $0.pair("padding")
                )
            ]
        }
    }
}
