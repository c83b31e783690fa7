/// What plots are drawn on: pixels (`Canvas`) or shapes (`VectorCanvas`).
///
/// Positions are pixels from the top left corner.
protocol DrawingSurface {
    /// Pixels per row.
    var width: Int { get }
    /// Fills a rectangle.
    mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Double)
    /// Draws a line through points with round ends; `dash` holds lengths of stroke and gap.
    mutating func polyline(
        _ points: [(x: Double, y: Double)], _ color: Color, thickness: Double, opacity: Double,
        dash: (stroke: Double, gap: Double)?)
    /// Writes a line of text; `y` is the middle of the capital letters, whose height is `size`.
    mutating func text(
        _ text: String, x: Double, y: Double, size: Double, _ color: Color,
        _ alignment: TextAlignment, upward: Bool)
}

extension DrawingSurface {
    mutating func fill(x: Int, y: Int, width: Int, height: Int, _ color: Color) {
        fill(x: x, y: y, width: width, height: height, color, opacity: 1)
    }

    mutating func polyline(
        _ points: [(x: Double, y: Double)], _ color: Color, thickness: Double,
        dash: (stroke: Double, gap: Double)? = nil
    ) {
        polyline(points, color, thickness: thickness, opacity: 1, dash: dash)
    }

    mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ color: Color,
        thickness: Double
    ) {
        polyline([start, end], color, thickness: thickness)
    }

    mutating func disc(x: Double, y: Double, radius: Double, _ color: Color) {
        polyline([(x, y), (x, y)], color, thickness: 2 * radius)
    }

    mutating func text(
        _ text: String, x: Double, y: Double, size: Double, _ color: Color,
        _ alignment: TextAlignment = .left
    ) {
        self.text(text, x: x, y: y, size: size, color, alignment, upward: false)
    }
}

extension Canvas: DrawingSurface {}
