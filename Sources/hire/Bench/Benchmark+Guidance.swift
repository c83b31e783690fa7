import Builtin
import HireNN
import HireTensor
import HireVLM

extension Benchmark {
    /// The UNet that guides the default `hire` enricher, for a picture of 672 x 672 pixels.
    static let guidance: [Benchmark] = [
        Benchmark(
            name: "unet",
            summary: "guidance UNet of `hire`, picture [1, 3, 672, 672], forward in evaluation",
            multiplyAdds: unetMultiplyAdds
        ) { host in
            let context = host.context
            let (unet, picture) = try guidanceUNet(context)
            unet.train(false)
            return { _ = try context.withoutGradients { try unet(picture) } }
        },
        Benchmark(
            name: "unet-train",
            summary: "the same in training, forward and backward",
            multiplyAdds: 3 * unetMultiplyAdds
        ) { host in
            let context = host.context
            let (unet, picture) = try guidanceUNet(context)
            return {
                var loss = try context.zeros([])
                for map in try unet(picture) { loss = try loss + map.sum() }
                try loss.backward()
                unet.zeroGradients()
            }
        },
    ]

    /// Of the 3x3 convolutions.
    private static let unetMultiplyAdds: Int = {
        let levels = [
            [(3, 12), (12, 12), (44, 12), (12, 12)], [(12, 32), (32, 32), (64, 32), (32, 32)],
            [(32, 32), (32, 32), (64, 32), (32, 32)], [(32, 32), (32, 32), (64, 32), (32, 32)],
            [(32, 32), (32, 32), (64, 32), (32, 32)], [(32, 32), (32, 32)],
        ]
        return levels.enumerated().reduce(0) { sum, level in
            let side = 672 >> level.offset
            return sum + level.element.reduce(0) { $0 + $1.0 * $1.1 } * 9 * side * side
        }
    }()

    private static func guidanceUNet(
        _ context: Context
    ) throws -> (any Layer<Tensor, [Tensor]>, Tensor) {
        let enricher = try BuiltinPlugins.catalog().makeEnricher(
            PluginChoice("hire"),
            for: HostShape(
                channels: 1024, grid: [24, 24], lowResolution: 336, highResolution: 672,
                context: context))
        try enricher.initialize(from: context.random)
        guard let unet = try enricher.module(at: "unet") as? any Layer<Tensor, [Tensor]> else {
            preconditionFailure("The enricher `hire` has a UNet from a picture to a list of maps.")
        }
        let picture = try context.normal(
            [1, 3, 672, 672], mean: 0, deviation: 1, from: context.random.named("picture"))
        return (unet, picture)
    }
}
