/// How much of each pixel a line covers; where its segments meet, the larger share counts.
struct Coverage {
    typealias Point = (x: Double, y: Double)
    typealias Segment = (Point, Point)

    let left: Int
    let right: Int
    let top: Int
    let bottom: Int
    private var shares: [Float]

    /// Nothing yet, over the part of a canvas that the segments can reach; nil if they reach none of it.
    init?(around segments: [Segment], radius: Double, _ width: Int, _ height: Int) {
        let ends = segments.flatMap { [$0.0, $0.1] }.filter { $0.x.isFinite && $0.y.isFinite }
        func range(_ values: [Double], _ extent: Int) -> (Int, Int)? {
            guard let low = values.min(), let high = values.max() else { return nil }
            let first = max(0, Int(max(low - radius - 1, -1)))
            let last = min(extent - 1, Int(min(high + radius + 1, Double(extent))))
            return first <= last ? (first, last) : nil
        }
        guard let columns = range(ends.map(\.x), width), let rows = range(ends.map(\.y), height)
        else {
            return nil
        }
        (left, right) = columns
        (top, bottom) = rows
        shares = [Float](repeating: 0, count: (right - left + 1) * (bottom - top + 1))
    }

    /// The share of a pixel inside the area.
    subscript(column: Int, row: Int) -> Float {
        shares[(row - top) * (right - left + 1) + column - left]
    }

    /// Adds a segment with round ends.
    mutating func add(_ a: Point, _ b: Point, radius: Double) {
        guard a.x.isFinite, a.y.isFinite, b.x.isFinite, b.y.isFinite else { return }
        let reach = radius + 1
        let first = max(left, Int(max(min(a.x, b.x) - reach, -1)))
        let last = min(right, Int(min(max(a.x, b.x) + reach, Double(right + 1))))
        let upper = max(top, Int(max(min(a.y, b.y) - reach, -1)))
        let lower = min(bottom, Int(min(max(a.y, b.y) + reach, Double(bottom + 1))))
        if first > last || upper > lower { return }
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        for row in upper...lower {
            for column in first...last {
                let (px, py) = (Double(column) + 0.5 - a.x, Double(row) + 0.5 - a.y)
                let along = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
                let (ox, oy) = (px - along * dx, py - along * dy)
                let share = Float(min(max(radius + 0.5 - (ox * ox + oy * oy).squareRoot(), 0), 1))
                let place = (row - top) * (right - left + 1) + column - left
                if share > shares[place] { shares[place] = share }
            }
        }
    }
}
