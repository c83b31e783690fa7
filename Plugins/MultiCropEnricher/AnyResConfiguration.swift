import HireVLM

/// Options of `anyres`.
struct AnyResConfiguration: PluginConfiguration {
    /// In which order the tokens of all crops follow each other.
    enum Merge: String, Codable, Sendable, CaseIterable {
        /// Crop by crop.
        case flat
        /// Row by row of the map that all crops make together (LLaVA-1.6's `spatial`).
        case spatial
    }

    var grid = 2
    var candidates: [[Int]] = []
    var cropTokens = 0
    var tokenBudget = 0
    var merge = Merge.flat
    var separator = false
    var cropsAtOnce = 8
    var upsample = false

    enum CodingKeys: String, CodingKey {
        case grid, candidates, merge, separator, upsample
        case cropTokens = "crop_tokens"
        case tokenBudget = "token_budget"
        case cropsAtOnce = "crops_at_once"
    }

    static let notes = [
        "grid":
            "Rows and columns of crops, cut from the square high view.",
        "candidates":
            "Layouts { rows, columns } of equally many crops, the best of which is cut from each original picture; empty: grid.",
        "crop_tokens":
            "At most so many tokens of a crop; 0 stands for no limit.",
        "token_budget":
            "At most so many tokens altogether, those of the whole picture and separators included; 0 stands for no limit.",
        "merge":
            "In which order the tokens of all crops follow each other.",
        "separator":
            "Whether a learned embedding follows the whole picture and each crop (`flat`), or each row of tokens (`spatial`).",
        "crops_at_once":
            "Crops in one pass of the encoder.",
        "upsample":
            "Whether a high view that is smaller than the crops together may be enlarged.",
    ]

    init() {}

    /// The layouts to choose from, checked.
    ///
    /// - Throws: `PluginError.configuration`.
    func layouts() throws -> [CropLayout] {
        let most = CropLayout.mostCrops
        func refusal(_ key: String, _ problem: String) -> PluginError {
            .configuration(plugin: "anyres", key: key, problem: problem)
        }
        if candidates.isEmpty {
            guard grid > 0, grid <= most, grid * grid <= most else {
                throw refusal(
                    "grid", "must be at least 1 and give at most \(most) crops, got \(grid)")
            }
            return [CropLayout(rows: grid, columns: grid)]
        }
        let layouts = try candidates.map { pair in
            guard pair.count == 2, pair.allSatisfy({ $0 > 0 && $0 <= most }),
                pair[0] * pair[1] <= most
            else {
                throw refusal(
                    "candidates",
                    "must hold pairs { rows, columns } of at least 1 and at most \(most) crops, got \(pair)"
                )
            }
            return CropLayout(rows: pair[0], columns: pair[1])
        }
        if let other = layouts.first(where: { $0.count != layouts[0].count }) {
            throw refusal(
                "candidates",
                "must all have as many crops, so that every picture of a batch has as many tokens; "
                    + "\(layouts[0].rows)x\(layouts[0].columns) has \(layouts[0].count) and "
                    + "\(other.rows)x\(other.columns) has \(other.count)")
        }
        if merge == .spatial, separator, layouts.contains(where: { $0.rows != layouts[0].rows }) {
            throw refusal(
                "candidates",
                "must all have as many rows where merge is spatial and a separator ends each row, "
                    + "so that every picture of a batch has as many tokens")
        }
        return layouts
    }
}
