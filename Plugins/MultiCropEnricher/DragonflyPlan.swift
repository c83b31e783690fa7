import HireVLM

/// What the two versions of Dragonfly cut, by magnification.
struct DragonflyPlan: Sendable {
    /// Layouts at middle magnification, each of four crops.
    let middle: [CropLayout]
    /// Layouts at high magnification; empty where they follow from the middle one.
    let high: [CropLayout]
    /// Rows and columns at high magnification for each at the middle, where they follow from it.
    let zoom: Int
    /// Side of the squares that are averaged by default.
    let pool: Int

    /// Crops at high magnification.
    var highCrops: Int { high.first?.count ?? middle[0].count * zoom * zoom }

    /// A version's plan, in the order of the public code, which decides between equals.
    init(version: Int) throws {
        middle = [(2, 2), (4, 1), (1, 4)].map { CropLayout(rows: $0, columns: $1) }
        switch version {
        case 1:
            high = [(4, 6), (6, 4), (8, 3), (3, 8), (12, 2), (2, 12)].map {
                CropLayout(rows: $0, columns: $1)
            }
            (zoom, pool) = (1, 1)
        case 2: (high, zoom, pool) = ([], 3, 4)
        default:
            throw PluginError.configuration(
                plugin: "dragonfly", key: "version", problem: "must be 1 or 2, got \(version)")
        }
    }

    /// The layouts at high magnification of pictures whose middle ones are known.
    func highLayouts(
        of views: ImageViews, middle: [CropLayout], _ cutter: CropCutter
    ) -> [CropLayout] {
        if !high.isEmpty { return cutter.layouts(of: views, among: high) }
        return middle.map { CropLayout(rows: $0.rows * zoom, columns: $0.columns * zoom) }
    }
}
