/// A rectangle of a map, in positions from the top left corner.
public struct MapRegion: Sendable, Hashable {
    /// Its rows.
    public var rows: Range<Int>
    /// Its columns.
    public var columns: Range<Int>

    /// A rectangle.
    public init(rows: Range<Int>, columns: Range<Int>) {
        self.rows = rows
        self.columns = columns
    }

    /// A whole map of so many rows and columns.
    public init(whole grid: SIMD2<Int>) {
        self.init(rows: 0..<grid.x, columns: 0..<grid.y)
    }

    /// Rows and columns.
    public var grid: SIMD2<Int> { SIMD2(rows.count, columns.count) }

    /// Whether it has a position, and lies inside a map.
    public func fits(_ grid: SIMD2<Int>) -> Bool {
        !rows.isEmpty && !columns.isEmpty && rows.lowerBound >= 0 && columns.lowerBound >= 0
            && rows.upperBound <= grid.x && columns.upperBound <= grid.y
    }
}
