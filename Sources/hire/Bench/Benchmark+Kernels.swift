import HireArray
import HireTensor

extension Benchmark {
    /// Matrix products, convolutions and attention, as a transformer and a UNet use them.
    static let kernels: [Benchmark] = [
        matmul("gemm", 1024, 1024, 1024),
        matmul("gemm-mlp", 577, 1024, 4096),
        matmul("gemm-small", 1440, 64, 128),
        Benchmark(
            name: "conv2d", summary: "3x3 convolution, [16, 16, 64, 64] to 16 channels, forward",
            multiplyAdds: 16 * 16 * 16 * 9 * 64 * 64
        ) { host in
            let (x, weight) = try convolution(host, gradients: false)
            return { _ = try x.conv2d(weight, nil, padding: [1, 1]) }
        },
        Benchmark(
            name: "conv2d-train", summary: "the same, forward and backward",
            multiplyAdds: 3 * 16 * 16 * 16 * 9 * 64 * 64
        ) { host in
            let (x, weight) = try convolution(host, gradients: true)
            return {
                try x.conv2d(weight, nil, padding: [1, 1]).sum().backward()
                x.clearGradient()
                weight.clearGradient()
            }
        },
        Benchmark(
            name: "attention", summary: "16 heads of 64, 577 tokens, forward",
            multiplyAdds: 2 * 16 * 577 * 577 * 64
        ) { host in
            let random = host.context.random
            let parts = try ["q", "k", "v"].map {
                try host.context.normal(
                    [1, 16, 577, 64], mean: 0, deviation: 1, from: random.named($0))
            }
            return {
                _ = try parts[0].scaledDotProductAttention(parts[1], parts[2], isCausal: false)
            }
        },
    ]

    private static func matmul(_ name: String, _ m: Int, _ k: Int, _ n: Int) -> Benchmark {
        Benchmark(
            name: name, summary: "[\(m), \(k)] x [\(k), \(n)]", multiplyAdds: m * k * n
        ) { host in
            let random = host.context.random
            let a = try host.context.normal([m, k], mean: 0, deviation: 1, from: random.named("a"))
            let b = try host.context.normal([k, n], mean: 0, deviation: 1, from: random.named("b"))
            return { _ = try a.matmul(b) }
        }
    }

    private static func convolution(
        _ host: BenchmarkHost, gradients: Bool
    ) throws -> (Tensor, Tensor) {
        let random = host.context.random
        let x = try host.context.normal(
            [16, 16, 64, 64], mean: 0, deviation: 1, from: random.named("x"))
        let weight = try host.context.normal(
            [16, 16, 3, 3], mean: 0, deviation: 0.1, from: random.named("w"))
        guard gradients else { return (x, weight) }
        return (
            Tensor.variable(x.array, in: host.context),
            Tensor.variable(weight.array, in: host.context)
        )
    }
}
