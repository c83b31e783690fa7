/// Rows and columns of crops, each of the encoder's resolution.
struct CropLayout: Equatable, Sendable {
    /// More crops than any published method cuts; a larger number is taken for a mistake.
    static let mostCrops = 256

    let rows: Int
    let columns: Int

    var count: Int { rows * columns }

    init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// LLaVA-1.6's choice: the layout that keeps most of a picture's pixels, and of those the one that wastes fewest.
    ///
    /// A layout keeps the picture's own pixels, or those that are left when it is shrunk to fit with its aspect kept.
    /// The first of equals is taken.
    ///
    /// - Parameters:
    ///   - layouts: at least one.
    ///   - side: of a crop, in pixels.
    static func best(of layouts: [CropLayout], side: Int, width: Int, height: Int) -> CropLayout {
        var best = layouts[0]
        var mostKept = -1
        var leastWasted = 0
        for layout in layouts {
            let (across, down) = (layout.columns * side, layout.rows * side)
            let scale = min(Double(across) / Double(width), Double(down) / Double(height))
            let shrunk = Int(Double(width) * scale) * Int(Double(height) * scale)
            let kept = min(shrunk, width * height)
            let wasted = across * down - kept
            if kept > mostKept || (kept == mostKept && wasted < leastWasted) {
                (best, mostKept, leastWasted) = (layout, kept, wasted)
            }
        }
        return best
    }
}
