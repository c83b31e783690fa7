import HireTensor
import HireVLM

/// Runs the encoder over crops, some at a time, and pools each map as soon as it is there.
///
/// So there are never more full maps than crops at once, unless gradients keep them.
struct CropEncoder {
    let cutter: CropCutter
    /// Rows and columns that a crop's map is pooled to.
    let grid: SIMD2<Int>
    /// Whether a crop's tokens begin with the encoder's class token.
    let keepsClassToken: Bool
    /// Crops in one pass of the encoder.
    let cropsAtOnce: Int

    /// Tokens of one crop.
    var tokensPerCrop: Int { grid.x * grid.y + (keepsClassToken ? 1 : 0) }

    /// The number of crops at once.
    ///
    /// - Throws: `PluginError.configuration` below 1.
    static func checked(_ cropsAtOnce: Int, plugin: String) throws -> Int {
        guard cropsAtOnce > 0 else {
            throw PluginError.configuration(
                plugin: plugin, key: "crops_at_once",
                problem: "must be at least 1, got \(cropsAtOnce)")
        }
        return cropsAtOnce
    }

    /// What the encoder makes of every crop: [N, crops, tokens of a crop, C].
    ///
    /// - Parameters:
    ///   - layouts: one for each picture, all with as many crops.
    ///   - visit: gets the pooled maps of each pass, picture by picture.
    func tokens(
        _ input: EnricherInput, _ layouts: [CropLayout],
        visit: (FeatureMap) throws -> Void = { _ in }
    ) throws -> Tensor {
        let context = input.base.context
        let crops = layouts[0].count
        let count = layouts.count * crops
        var parts: [Tensor] = []
        // Crops come picture by picture, so one sheet at a time is enough.
        var current: (picture: Int, sheet: CropSheet)?
        for first in stride(from: 0, to: count, by: cropsAtOnce) {
            let images = try (first..<min(first + cropsAtOnce, count)).map { place in
                let picture = place / crops
                let layout = layouts[picture]
                if current?.picture != picture {
                    current = (picture, try cutter.sheet(of: input.image, at: picture, layout))
                }
                guard let sheet = current?.sheet else { preconditionFailure("There is no sheet.") }
                return try sheet.crop(
                    place % crops, of: layout, side: cutter.side, cutter.preprocessing, in: context)
            }
            let pooled = try pooled(
                input.encode(images.count == 1 ? images[0] : Tensor.concat(images, dim: 0)))
            try visit(pooled)
            parts.append(try pooled.sequence())
        }
        let all = parts.count == 1 ? parts[0] : try Tensor.concat(parts, dim: 0)
        return try all.reshape([layouts.count, crops, tokensPerCrop, all.shape[2]])
    }

    /// A crop's map on the grid, behind the class token where it is kept.
    private func pooled(_ map: FeatureMap) throws -> FeatureMap {
        let pooled = try map.pooled(to: grid)
        guard keepsClassToken else { return pooled }
        guard let prefix = map.prefix else {
            throw PluginError.assembly(
                "The encoder promised a class token and gave none (\(cutter.plugin): class_tokens)."
            )
        }
        return try FeatureMap(tokens: pooled.tokens(), grid: grid, prefix: prefix.slice(1, 0, 1))
    }
}
