import HireNN
import HireTensor
import HireVLM

/// The whole picture's tokens, and behind them those of crops that the encoder saw one by one (LLaVA-1.6).
final class AnyResEnricher: Enricher {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    let outputTokens: Int
    private let layouts: [CropLayout]
    private let merge: AnyResConfiguration.Merge
    private let crops: CropEncoder
    private let separator: CropSeparator?

    init(_ configuration: AnyResConfiguration, _ host: HostShape) throws {
        layouts = try configuration.layouts()
        merge = configuration.merge
        let budget = TokenBudget(
            full: host.grid, whole: host.prefixTokens + host.grid.x * host.grid.y,
            layout: layouts[0], merge: merge, separates: configuration.separator)
        let grid = try budget.grid(
            cropTokens: configuration.cropTokens, budget: configuration.tokenBudget)
        outputChannels = host.channels
        outputGrid = host.grid
        outputTokens = budget.total(grid)
        let cutter = CropCutter(
            plugin: "anyres", side: host.lowResolution, preprocessing: host.preprocessing,
            fit: .pad, usesPictures: !configuration.candidates.isEmpty,
            upsamples: configuration.upsample)
        if !cutter.usesPictures {
            try cutter.require(
                viewOf: host.highResolution, holding: configuration.grid * host.lowResolution,
                layouts[0])
        }
        crops = CropEncoder(
            cutter: cutter, grid: grid, keepsClassToken: false,
            cropsAtOnce: try CropEncoder.checked(configuration.cropsAtOnce, plugin: "anyres"))
        separator =
            configuration.separator
            ? scope.child(
                "separator", CropSeparator(channels: host.channels, in: host.context)) : nil
        scope.declareCapture("crops")
    }

    func forward(_ input: EnricherInput) throws -> FeatureMap {
        let layouts = crops.cutter.layouts(of: input.image, among: layouts)
        let tokens = try crops.tokens(input, layouts)
        let behind =
            switch merge {
            case .flat: try flat(tokens)
            case .spatial: try spatial(tokens, layouts)
            }
        return try input.base.appending(scope.capture("crops", behind))
    }

    /// Crop by crop: [N, crops, T, C] to [N, S, C].
    private func flat(_ tokens: Tensor) throws -> Tensor {
        try tokens.cropByCrop(separator)
    }

    /// Row by row of each picture's merged map, with a separator after each row.
    private func spatial(_ tokens: Tensor, _ layouts: [CropLayout]) throws -> Tensor {
        let (grid, channels) = (crops.grid, tokens.shape[3])
        let pictures = try layouts.enumerated().map { index, layout in
            let (rows, columns) = (layout.rows * grid.x, layout.columns * grid.y)
            let merged = try tokens.slice(0, index, index + 1)
                .reshape([layout.rows, layout.columns, grid.x, grid.y, channels])
                .permute([0, 2, 1, 3, 4]).reshape([rows, columns, channels])
            guard let separator else { return try merged.reshape([1, rows * columns, channels]) }
            let ends = try separator.expanded(to: [rows, 1, channels])
            return try Tensor.concat([merged, ends], dim: 1)
                .reshape([1, rows * (columns + 1), channels])
        }
        return pictures.count == 1 ? pictures[0] : try Tensor.concat(pictures, dim: 0)
    }
}
