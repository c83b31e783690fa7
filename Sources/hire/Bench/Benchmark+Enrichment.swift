import HireArray
import HireNN
import HireTensor
import HireVLM

extension Benchmark {
    /// The parts of the enricher.
    static let enrichment: [Benchmark] = [
        Benchmark(
            name: "jbu-stage",
            summary:
                "kernels of one bilateral stage, guidance [1, 32, 168, 168], radius 3, forward",
            multiplyAdds: 168 * 168 * (81 * 32 + 7394)
        ) { host in
            let context = host.context
            let stage = try JointBilateralStage(guidanceChannels: 32, in: context)
            try stage.initialize(from: context.random)
            stage.train(false)
            let guidance = try context.normal(
                [1, 32, 168, 168], mean: 0, deviation: 1, from: context.random.named("guidance"))
            return { _ = try context.withoutGradients { try stage(guidance) } }
        },
        Benchmark(
            name: "pulled-operator",
            summary: "W(I) of 24x24 tokens over stages 42, 84, 168, 336, 672 (radius 3), forward",
            multiplyAdds: 0
        ) { host in
            let kernels = try kernels(
                host.context, batch: 1, sides: [42, 84, 168, 336, 672], radius: 3)
            let geometry = geometry(source: 24, sides: [42, 84, 168, 336, 672], radius: 3)
            return {
                _ = try host.context.withoutGradients {
                    try Tensor.pooledOperator(kernels: kernels, geometry)
                }
            }
        },
        Benchmark(
            name: "pulled-operator-small",
            summary: "the quickstart's size: 16 images, 4x4 tokens over stages 16, 32 (radius 1), "
                + "forward and backward",
            multiplyAdds: 0
        ) { host in
            let kernels = try kernels(host.context, batch: 16, sides: [16, 32], radius: 1)
                .map { Tensor.variable($0.array, in: host.context) }
            let geometry = geometry(source: 4, sides: [16, 32], radius: 1)
            return {
                try Tensor.pooledOperator(kernels: kernels, geometry).square().sum().backward()
                kernels.forEach { $0.clearGradient() }
            }
        },
    ]

    private static func kernels(
        _ context: Context, batch: Int, sides: [Int], radius: Int
    ) throws -> [Tensor] {
        let taps = (2 * radius + 1) * (2 * radius + 1)
        return try sides.map {
            try context.uniform(
                [batch, taps, $0, $0], low: 0, high: 2 / Double(taps),
                from: context.random.named("kernel\($0)"))
        }
    }

    private static func geometry(
        source: Int, sides: [Int], radius: Int
    ) -> PooledOperatorGeometry {
        PooledOperatorGeometry(
            source: SIMD2(source, source), stages: sides.map { SIMD2($0, $0) },
            radii: sides.map { _ in radius }, pooled: SIMD2(source, source))
    }
}
