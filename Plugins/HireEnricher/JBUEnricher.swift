import HireNN
import HireTensor
import HireVLM

/// The ablation without UNet: every stage is guided by the picture, average-pooled to the stage's grid.
final class JBUEnricher: JointBilateralEnricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let stages: JointBilateralStack
    private let grids: [SIMD2<Int>]

    init(_ configuration: JBUEnricherConfiguration, _ host: HostShape) throws {
        let count = configuration.stages
        let coarsest = configuration.finest + count - 1
        guard count > 0, configuration.finest >= 0,
            host.highResolution >> coarsest >= max(configuration.radius + 1, 2)
        else {
            throw PluginError.configuration(
                plugin: "jbu", key: "stages",
                problem:
                    "must be at least 1 and leave the coarsest grid (\(host.highResolution) px halved "
                    + "\(coarsest) times) wider than the radius, got \(count)")
        }
        try BilateralOptions.check(
            radius: configuration.radius, keySize: configuration.keySize,
            dropout: configuration.dropout, plugin: "jbu")
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        grids = (configuration.finest...coarsest).reversed().map {
            SIMD2(repeating: host.highResolution >> $0)
        }
        stages = scope.child(
            "stages",
            try JointBilateralStack(
                guidanceChannels: Array(repeating: 3, count: count), keySize: configuration.keySize,
                radius: configuration.radius, dropout: configuration.dropout, in: host.context))
    }

    func guidance(_ input: EnricherInput) throws -> [Tensor] {
        try grids.map { try input.image.high.adaptiveAvgPool2d($0) }
    }
}
