import HireNN
import HireTensor
import HireVLM

/// FeatUp's `JBUStack` as an enricher: output [E(i), pool(x + 0.1 fixup_proj(x))], x upsampled by stages that double.
///
/// Before each stage the high view is average-pooled to twice the grid before it. The last convolution is the same at every
/// position, so it is applied to the pooled map; nothing is ever made at 384x384 with all channels.
final class FeatUpEnricher: LinearUpsampler {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    private let stages: [JointBilateralStage]
    private let fixup: FeatureFixup?

    init(_ configuration: FeatUpEnricherConfiguration, _ host: HostShape) throws {
        try Self.check(configuration, host)
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        var made: [JointBilateralStage] = []
        for number in 1...configuration.stages {
            made.append(
                scope.child(
                    "up\(number)",
                    try JointBilateralStage(
                        guidanceChannels: 3, keySize: configuration.keySize,
                        radius: configuration.radius, dropout: configuration.dropout,
                        hasFixup: configuration.fixup, in: host.context)))
        }
        stages = made
        fixup =
            configuration.finalFixup
            ? scope.child(
                "fixup_proj",
                FeatureFixup(
                    host.channels, dropout: configuration.finalDropout, in: host.context)) : nil
    }

    func pooledOperator(_ input: EnricherInput) throws -> Tensor {
        try stages.pooledOperator(
            kernels(input), source: input.base.grid, pooled: outputGrid)
    }

    func highResolution(_ input: EnricherInput) throws -> FeatureMap {
        try finished(stages.highResolution(input.base, kernels(input)))
    }

    func finished(_ map: FeatureMap) throws -> FeatureMap {
        guard let fixup else { return map }
        let features = try map.map()
        return try FeatureMap(map: features + fixup(features).scaled(by: 0.1))
    }

    private func kernels(_ input: EnricherInput) throws -> [Tensor] {
        let source = input.base.grid
        let guidance = try (1...stages.count).map { doublings in
            try input.image.high.adaptiveAvgPool2d(
                SIMD2(source.x << doublings, source.y << doublings))
        }
        return try stages.kernels(guidance)
    }

    private static func check(
        _ configuration: FeatUpEnricherConfiguration, _ host: HostShape
    ) throws {
        func complaint(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: "featup", key: key, problem: problem)
        }
        guard (1...10).contains(configuration.stages) else {
            throw complaint("stages", "must be from 1 to 10, got \(configuration.stages)")
        }
        let finest = host.grid.max() << configuration.stages
        guard finest <= VisionLimits.resolution else {
            throw complaint(
                "stages",
                "doubles the features' grid \(configuration.stages) times, to \(finest); at most "
                    + "\(VisionLimits.resolution) is allowed")
        }
        guard (0..<1).contains(configuration.finalDropout) else {
            throw complaint(
                "final_dropout", "must be in [0, 1), got \(configuration.finalDropout)")
        }
        try JointBilateralOptions.check(
            radius: configuration.radius, keySize: configuration.keySize,
            dropout: configuration.dropout, coarsest: host.grid &* 2, plugin: "featup")
    }
}
