import HireVLM

/// Finds how far each crop's map has to be pooled.
struct TokenBudget {
    /// Rows and columns of the encoder's map.
    let full: SIMD2<Int>
    /// Tokens of the whole picture.
    let whole: Int
    let layout: CropLayout
    let merge: AnyResConfiguration.Merge
    let separates: Bool

    /// Tokens altogether where a crop's map has this grid.
    func total(_ grid: SIMD2<Int>) -> Int {
        let separators =
            switch merge {
            case _ where !separates: 0
            case .flat: 1 + layout.count
            case .spatial: layout.rows * grid.x
            }
        return whole + layout.count * grid.x * grid.y + separators
    }

    /// The encoder's own grid if that fits, else the largest square that does.
    ///
    /// - Parameters:
    ///   - cropTokens: at most so many of a crop; 0 stands for no limit.
    ///   - budget: at most so many altogether; 0 stands for no limit.
    /// - Throws: `PluginError.configuration` if not even one token of a crop fits.
    func grid(cropTokens: Int, budget: Int) throws -> SIMD2<Int> {
        func refusal(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: "anyres", key: key, problem: problem)
        }
        guard cropTokens >= 0 else {
            throw refusal("crop_tokens", "must be at least 0 (no limit), got \(cropTokens)")
        }
        guard budget >= 0 else {
            throw refusal("token_budget", "must be at least 0 (no limit), got \(budget)")
        }
        let side = min(full.x, full.y)
        let squares = (1...side).reversed().map { SIMD2(repeating: $0) }
        for grid in [full] + squares {
            let fitsCrop = cropTokens == 0 || grid.x * grid.y <= cropTokens
            if fitsCrop, budget == 0 || total(grid) <= budget { return grid }
        }
        throw refusal(
            "token_budget",
            "is \(budget), but the whole picture takes \(whole) tokens and one token of each of \(layout.count) "
                + "crops\(separates ? " with separators" : "") makes \(total([1, 1]))")
    }
}
