import HireArray
import HireCPU
import HireNN
import HireTensor

extension Benchmark {
    /// The transformers of LLaVA-1.5-7B at their real size, and their operations one by one.
    static let transformers: [Benchmark] =
        [
            Benchmark(
                name: "clip-block", summary: "one block of ViT-L/14-336, 577 tokens of 1024",
                multiplyAdds: 577 * 12 * 1024 * 1024 + 2 * 577 * 577 * 1024
            ) { host in
                let block = BenchmarkVisionBlock(
                    width: 1024, heads: 16, hidden: 4096, in: host.context)
                return try inference(block, input(host, [1, 577, 1024]))
            },
            Benchmark(
                name: "clip", summary: "ViT-L/14 at 336 pixels up to block 23, one image",
                multiplyAdds: 23 * (577 * 12 * 1024 * 1024 + 2 * 577 * 577 * 1024)
                    + 576 * 588 * 1024
            ) { host in
                let tower = BenchmarkVisionTower(in: host.context)
                return try inference(tower, input(host, [1, 3, 336, 336]))
            },
            prefill("llama-prefill", bfloat16: false),
            prefill("llama-prefill-bf16", bfloat16: true, .rounded),
            prefill("llama-prefill-exact", bfloat16: true),
            Benchmark(
                name: "llama-decode-bf16",
                summary:
                    "one token through 2 layers of Vicuna-7B and its head after 618, bf16 weights",
                multiplyAdds: 2 * 202_375_168 + 32_000 * 4096
            ) { host in
                let model = try BenchmarkDecoder(layers: 2, positions: 640, in: host.context)
                try model.useBFloat16(from: host.context.random)
                let token = try input(host, [1, 1, BenchmarkDecoder.width])
                return try inference(
                    model, BenchmarkDecoder.Input(embeddings: token, start: 618))
            },
            Benchmark(
                name: "attention-causal", summary: "32 heads of 128, 618 tokens, causal, forward",
                multiplyAdds: 2 * 32 * 618 * 618 * 128
            ) { host in
                let parts = try (0..<3).map { try input(host, [1, 32, 618, 128], "\($0)") }
                return {
                    _ = try parts[0].scaledDotProductAttention(parts[1], parts[2], isCausal: true)
                }
            },
            Benchmark(
                name: "rope", summary: "[1, 32, 618, 128]", multiplyAdds: 0
            ) { host in
                let table = try RotaryTable(positions: 618, headWidth: 128, in: host.context)
                let x = try input(host, [1, 32, 618, 128])
                return { _ = try table.rotate(x) }
            },
        ] + [
            operation("gelu", [577, 4096]) { try $0.gelu() },
            operation("quick-gelu", [577, 4096]) { try $0.gelu(.quick) },
            operation("silu", [618, 11_008]) { try $0.silu() },
            operation("add", [577, 1024]) { try $0 + $0 },
            operation("mul", [618, 11_008]) { try $0 * $0 },
            operation("softmax", [16, 577, 577]) { try $0.softmax() },
            operation("layer-norm", [577, 1024]) { x in
                try x.layerNorm(
                    x.context.ones([1024]), x.context.zeros([1024]), epsilon: 1e-5)
            },
            operation("rms-norm", [618, 4096]) { x in
                try x.rmsNorm(x.context.ones([4096]), epsilon: 1e-5)
            },
            operation("merge-heads", [1, 32, 618, 128]) {
                try $0.transpose(1, 2).reshape([1, 618, 4096])
            },
            Benchmark(name: "normal", summary: "a million random numbers", multiplyAdds: 0) {
                host in
                { _ = try input(host, [1_000_000]) }
            },
        ]

    private static func prefill(
        _ name: String, bfloat16: Bool, _ products: BFloat16Products = .exact
    ) -> Benchmark {
        Benchmark(
            name: name,
            summary:
                "618 tokens through 2 layers of Vicuna-7B and its head once, "
                + (bfloat16 ? "bf16 weights, \(products) products" : "f32"),
            multiplyAdds: 2 * (618 * 202_375_168 + 2 * 618 * 618 * 4096) + 32_000 * 4096,
            bfloat16Products: products
        ) { host in
            let model = try BenchmarkDecoder(layers: 2, positions: 640, in: host.context)
            if bfloat16 { try model.useBFloat16(from: host.context.random) }
            let tokens = try input(host, [1, 618, BenchmarkDecoder.width])
            return try inference(model, BenchmarkDecoder.Input(embeddings: tokens, start: 0))
        }
    }

    private static func operation(
        _ name: String, _ shape: Shape, _ body: @escaping @Sendable (Tensor) throws -> Tensor
    ) -> Benchmark {
        Benchmark(name: name, summary: "\(shape)", multiplyAdds: 0) { host in
            let x = try input(host, shape)
            return { _ = try body(x) }
        }
    }

    private static func input(
        _ host: BenchmarkHost, _ shape: Shape, _ name: String = "input"
    ) throws -> Tensor {
        try host.context.normal(
            shape, mean: 0, deviation: 1, from: host.context.random.named(name))
    }

    /// Runs a layer with frozen parameters, as in inference.
    private static func inference<L: Layer>(
        _ layer: L, _ input: L.Input
    ) throws -> () throws -> Void {
        for (_, parameter) in layer.parameters() { parameter.isFrozen = true }
        return { _ = try layer(input) }
    }
}
