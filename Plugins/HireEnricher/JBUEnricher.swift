import HireNN
import HireTensor
import HireVLM

/// The ablation without UNet: every stage is guided by the picture, average-pooled to the stage's grid.
final class JBUEnricher: JointBilateralEnricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let stages: JointBilateralStack
    private let configuration: JBUEnricherConfiguration

    init(_ configuration: JBUEnricherConfiguration, _ host: HostShape) throws {
        try Self.check(configuration, host)
        self.configuration = configuration
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        stages = scope.child(
            "stages",
            try JointBilateralStack(
                guidanceChannels: Array(repeating: 3, count: configuration.stages),
                keySize: configuration.keySize, radius: configuration.radius,
                dropout: configuration.dropout, hasFixup: configuration.fixup, in: host.context))
    }

    func guidance(_ input: EnricherInput) throws -> [Tensor] {
        let picture = input.image.high
        let grids = Self.grids(
            configuration, source: input.base.grid,
            picture: SIMD2(picture.shape[2], picture.shape[3]))
        // As FeatUp does, by averages whatever the ratio.
        return try grids.map { try picture.adaptiveAvgPool2d($0) }
    }

    /// The stages' grids, coarse to fine.
    private static func grids(
        _ configuration: JBUEnricherConfiguration, source: SIMD2<Int>, picture: SIMD2<Int>
    ) -> [SIMD2<Int>] {
        switch configuration.grids {
        case .doubling: GuidanceGrids.doubled(source, stages: configuration.stages)
        case .unet:
            (configuration.finest..<configuration.finest + configuration.stages).reversed().map {
                SIMD2(picture.x >> $0, picture.y >> $0)
            }
        }
    }

    private static func check(_ configuration: JBUEnricherConfiguration, _ host: HostShape) throws {
        func complaint(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: "jbu", key: key, problem: problem)
        }
        guard (1...10).contains(configuration.stages) else {
            throw complaint("stages", "must be from 1 to 10, got \(configuration.stages)")
        }
        guard (0...10).contains(configuration.finest) else {
            throw complaint("finest", "must be from 0 to 10, got \(configuration.finest)")
        }
        let side = host.highResolution
        let grids = grids(configuration, source: host.grid, picture: SIMD2(side, side))
        let (coarsest, last) = (grids[0], grids[grids.count - 1])
        guard coarsest.min() >= host.grid.max() else {
            throw complaint(
                "stages",
                "is \(configuration.stages), so that the coarsest grid for pictures of \(side) px is "
                    + "\(coarsest.x)x\(coarsest.y), smaller than the features' grid \(host.grid.x)x\(host.grid.y); "
                    + "take fewer stages, a larger high_resolution, or grids = \"doubling\"")
        }
        guard last.max() <= VisionLimits.resolution else {
            throw complaint(
                "stages",
                "doubles the features' grid to \(last.x)x\(last.y); at most \(VisionLimits.resolution) is allowed"
            )
        }
        try JointBilateralOptions.check(
            radius: configuration.radius, keySize: configuration.keySize,
            dropout: configuration.dropout, coarsest: coarsest, plugin: "jbu")
    }
}
