import HireArray

extension OpTable {
    private static let radius = OpParameter("radius", .integer, "The reach of the kernel.")

    /// Joint bilateral upsampling.
    static let enrichment: [Op] = [
        bilateralStage,
        Op(
            "bilateral_kernel",
            "The normalised joint bilateral kernel of each pixel of projected guidance.",
            counterpart: nil,
            parameters: [
                OpParameter("x", .tensor, "The projected guidance [b, key, H, W]."),
                OpParameter("temperature", .tensor, "The factor on similarities, one number."),
                OpParameter("spatial", .tensor, "The window [(2r+1)^2]."), radius,
            ],
            costRule: .counted("elements of x x (2r+1)^2"),
            examples: [
                bilateral("radius 1", [2, 3, 4, 5], radius: 1),
                bilateral("radius 2", [1, 2, 5, 3], radius: 2),
                bilateral("radius 0", [1, 2, 2, 2], radius: 0),
            ]
        ) {
            [
                try $0.tensor("x").bilateralKernel(
                    temperature: $0.tensor("temperature"), spatial: $0.tensor("spatial"),
                    radius: $0.integer("radius"))
            ]
        },
        Op(
            "adaptive_conv", "A kernel of its own for each pixel, the same for all channels.",
            counterpart: nil,
            parameters: [
                OpParameter("x", .tensor, "The padded map [b, c, H + 2r, W + 2r]."),
                OpParameter("kernel", .tensor, "[b, (2r+1)^2, H, W]."), radius,
            ],
            costRule: .counted("elements of the result x (2r+1)^2"),
            examples: [
                adaptive("radius 1", [2, 3, 5, 6], [2, 9, 3, 4], radius: 1),
                adaptive("radius 2", [1, 2, 7, 5], [1, 25, 3, 1], radius: 2),
            ]
        ) {
            [try $0.tensor("x").adaptiveConv($0.tensor("kernel"), radius: $0.integer("radius"))]
        },
        Op(
            "pooled_operator",
            "The matrix that pools features after a stack of stages (bicubic resize, reflected border, "
                + "kernel per pixel), without ever making the large maps.",
            counterpart: nil,
            parameters: [
                OpParameter(
                    "kernels", .tensorList,
                    "Per stage, coarse to fine, [b, (2r+1)^2, H, W] on the stage's grid."),
                OpParameter("source", .pair, "The grid of the features that go in."),
                OpParameter("pooled", .pair, "The grid that comes out."),
            ],
            costRule: .counted(
                "per token and stage: window positions x (2r+1)^2, and the taps of the resize's adjoint"
            ),
            examples: [
                pooled("one stage", [.uniform([1, 9, 4, 5])], [2, 3], [2, 2]),
                pooled(
                    "two stages", [.uniform([2, 9, 4, 4]), .uniform([2, 25, 7, 6])], [3, 3], [3, 2]),
                pooled(
                    "odd grids",
                    [.uniform([1, 9, 3, 4]), .uniform([1, 9, 5, 7]), .uniform([1, 9, 8, 9])],
                    [2, 3], [2, 3]),
            ]
        ) { arguments in
            let kernels = try arguments.tensors("kernels")
            let geometry = try geometry(
                kernels, source: arguments.pair("source"), pooled: arguments.pair("pooled"))
            return [try Tensor.pooledOperator(kernels: kernels, geometry)]
        },
    ]

    /// Grids and radii as the kernels' shapes tell them.
    private static func geometry(
        _ kernels: [Tensor], source: SIMD2<Int>, pooled: SIMD2<Int>
    ) throws -> PooledOperatorGeometry {
        var radii: [Int] = []
        for kernel in kernels {
            try kernel.requireRank(
                4, "pooled_operator", layout: "[b, (2r+1)^2, H, W] for every kernel")
            let side = Int(Double(kernel.shape[1]).squareRoot().rounded())
            guard side % 2 == 1, side * side == kernel.shape[1] else {
                throw ArrayError.shape(
                    operation: "pooled_operator", expected: "kernels of (2r+1)^2 taps",
                    got: "\(kernel.shape)")
            }
            radii.append(side / 2)
        }
        for grid in [source, pooled] {
            try requireAtLeast(1, Swift.min(grid.x, grid.y), "pooled_operator", "every grid")
        }
        return PooledOperatorGeometry(
            source: source, stages: kernels.map { SIMD2($0.shape[2], $0.shape[3]) }, radii: radii,
            pooled: pooled)
    }

    private static func bilateral(_ label: String, _ shape: Shape, radius: Int) -> OpExample {
        OpExample(
            label,
            [
                ("x", .uniform(shape, low: -1, high: 1)), ("temperature", .values([1.25], [])),
                ("spatial", .uniform([(2 * radius + 1) * (2 * radius + 1)], low: 0.25, high: 1)),
                ("radius", .integer(radius)),
            ])
    }

    private static func adaptive(
        _ label: String, _ source: Shape, _ kernel: Shape, radius: Int
    ) -> OpExample {
        OpExample(
            label,
            [("x", .uniform(source)), ("kernel", .uniform(kernel)), ("radius", .integer(radius))])
    }

    private static func pooled(
        _ label: String, _ kernels: [OpInput], _ source: [Int], _ pooled: [Int]
    ) -> OpExample {
        OpExample(
            label,
            [
                ("kernels", .list(kernels)), ("source", .integers(source)),
                ("pooled", .integers(pooled)),
            ])
    }
}
