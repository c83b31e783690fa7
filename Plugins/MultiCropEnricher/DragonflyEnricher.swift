import HireNN
import HireTensor
import HireVLM

/// The whole picture's tokens, and behind them those of crops at two magnifications (Dragonfly).
///
/// Version 2 pools every crop; version 1 keeps all tokens of some, chosen by what the projector makes of them.
final class DragonflyEnricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let outputTokens: Int
    private let plan: DragonflyPlan
    private let selection: ZoomSelection?
    private let crops: CropEncoder
    private let separator: CropSeparator?

    init(_ configuration: DragonflyConfiguration, _ host: HostShape) throws {
        func refusal(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: "dragonfly", key: key, problem: problem)
        }
        plan = try DragonflyPlan(version: configuration.version)
        let pool = configuration.pool == 0 ? plan.pool : configuration.pool
        guard pool > 0, host.grid.x % pool == 0, host.grid.y % pool == 0 else {
            throw refusal(
                "pool",
                "must divide the encoder's grid of \(host.grid.x)x\(host.grid.y), got \(pool)")
        }
        guard !configuration.classTokens || host.prefixTokens > 0 else {
            throw refusal(
                "class_tokens",
                "is true, but the encoder gives no class token: set its select_feature = \"cls_patch\" if it has one, "
                    + "or class_tokens = false to use patch tokens alone")
        }
        let middle = plan.middle[0].count
        let run = plan.highCrops / middle
        guard (1...run).contains(configuration.top) else {
            throw refusal("top", "must be from 1 to \(run), got \(configuration.top)")
        }
        selection = configuration.version == 1 ? ZoomSelection(top: configuration.top) : nil
        crops = CropEncoder(
            cutter: CropCutter(
                plugin: "dragonfly", side: host.lowResolution, preprocessing: host.preprocessing,
                fit: .stretch, usesPictures: true, upsamples: configuration.upsample),
            grid: SIMD2(host.grid.x / pool, host.grid.y / pool),
            keepsClassToken: configuration.classTokens,
            cropsAtOnce: try CropEncoder.checked(configuration.cropsAtOnce, plugin: "dragonfly"))
        outputChannels = host.channels
        outputGrid = host.grid
        let kept = middle + (selection.map { $0.top * middle } ?? plan.highCrops)
        outputTokens =
            host.prefixTokens + host.grid.x * host.grid.y + kept * crops.tokensPerCrop
            + (configuration.separator ? 1 + kept : 0)
        separator =
            configuration.separator
            ? scope.child(
                "separator", CropSeparator(channels: host.channels, in: host.context)) : nil
        scope.declareCapture("crops")
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        let cutter = crops.cutter
        let middleLayouts = cutter.layouts(of: input.image, among: plan.middle)
        let highLayouts = plan.highLayouts(of: input.image, middle: middleLayouts, cutter)
        let (middle, high) =
            try selection.map { try chosen($0, input, middleLayouts, highLayouts) }
            ?? (crops.tokens(input, middleLayouts), crops.tokens(input, highLayouts))
        let behind = try Tensor.concat([middle, high], dim: 1).cropByCrop(separator)
        return try input.base.appending(scope.capture("crops", behind))
    }

    /// The crops at middle magnification, and those at high magnification that are most like them.
    private func chosen(
        _ selection: ZoomSelection, _ input: EnricherInput, _ middleLayouts: [CropLayout],
        _ highLayouts: [CropLayout]
    ) throws -> (middle: Tensor, high: Tensor) {
        let (middle, middleMeans) = try withMeans(input, middleLayouts)
        let (high, highMeans) = try withMeans(input, highLayouts)
        let places = try input.base.context.withoutGradients {
            try selection.places(middle: middleMeans, high: highMeans)
        }
        return (middle, try selection.kept(high, at: places))
    }

    /// Crops' tokens [N, crops, T, C], and the mean of each crop's projected ones [N, crops, D], which has no history.
    private func withMeans(
        _ input: EnricherInput, _ layouts: [CropLayout]
    ) throws -> (tokens: Tensor, means: Tensor) {
        var parts: [Tensor] = []
        let tokens = try crops.tokens(input, layouts) { map in
            let mean = try map.context.withoutGradients {
                try input.project(map.detached()).mean(dims: [1])
            }
            parts.append(mean)
        }
        let means = parts.count == 1 ? parts[0] : try Tensor.concat(parts, dim: 0)
        return (
            tokens, try means.reshape([layouts.count, layouts[0].count, means.shape[1]])
        )
    }
}
