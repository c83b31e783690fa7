import Glibc

/// A picture to draw on; positions are pixels from the top left corner, and what lies outside is cut off.
public struct Canvas: Sendable {
    /// What was drawn so far.
    public private(set) var image: Image

    /// A canvas of one colour.
    ///
    /// - Throws: `ImageError` if a side is less than 1 or the canvas has more than 64 million pixels.
    public init(width: Int, height: Int, background: Color = .white) throws {
        guard width > 0, height > 0, width <= 32_768, height <= 32_768, width * height <= 64_000_000
        else {
            throw ImageError(
                operation: "make a canvas",
                problem:
                    "expected sides from 1 to 32768 and at most 64 million pixels, got \(width)x\(height)"
            )
        }
        image = Image(solidWidth: width, height: height, background)
    }

    /// A canvas that begins as a picture.
    public init(_ image: Image) {
        self.image = image
    }

    /// Pixels per row.
    public var width: Int { image.width }
    /// Rows.
    public var height: Int { image.height }

    /// Mixes a colour into a pixel; does nothing outside the canvas.
    mutating func blend(_ x: Int, _ y: Int, _ color: Color, _ coverage: Double) {
        if coverage <= 0 || x < 0 || y < 0 || x >= image.width || y >= image.height { return }
        let index = (y * image.width + x) * 3
        let share = Int32((min(coverage, 1) * 256).rounded())
        func mix(_ place: Int, _ part: UInt8) {
            let old = Int32(image.pixels[place])
            image.pixels[place] = UInt8(clamping: old + ((Int32(part) - old) * share + 128) >> 8)
        }
        mix(index, color.red)
        mix(index + 1, color.green)
        mix(index + 2, color.blue)
    }

    /// Fills a rectangle.
    public mutating func fill(
        x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Double = 1
    ) {
        for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
            for column in max(0, x)..<max(max(0, x), min(self.width, x + width)) {
                blend(column, row, color, opacity)
            }
        }
    }

    /// Draws the edge of a rectangle, `thickness` pixels inwards.
    public mutating func frame(
        x: Int, y: Int, width: Int, height: Int, _ color: Color, thickness: Int = 1
    ) {
        fill(x: x, y: y, width: width, height: thickness, color)
        fill(x: x, y: y + height - thickness, width: width, height: thickness, color)
        let inner = height - 2 * thickness
        fill(x: x, y: y + thickness, width: thickness, height: inner, color)
        fill(x: x + width - thickness, y: y + thickness, width: thickness, height: inner, color)
    }

    /// Draws a straight line with smooth edges and round ends.
    public mutating func line(
        from start: (x: Double, y: Double), to end: (x: Double, y: Double), _ color: Color,
        thickness: Double = 1, opacity: Double = 1
    ) {
        polyline([start, end], color, thickness: thickness, opacity: opacity)
    }

    /// Draws a line through points, smooth and equally dark at its corners.
    ///
    /// - Parameter dash: lengths of stroke and gap in pixels; nil draws without gaps.
    public mutating func polyline(
        _ points: [(x: Double, y: Double)], _ color: Color, thickness: Double = 1,
        opacity: Double = 1,
        dash: (stroke: Double, gap: Double)? = nil
    ) {
        var coverage: [Int: Double] = [:]
        for (a, b) in Canvas.segments(points, dash) {
            cover(a, b, thickness / 2, &coverage)
        }
        for (index, share) in coverage {
            blend(index % width, index / width, color, share * opacity)
        }
    }

    /// Fills a circle with a smooth edge.
    public mutating func disc(
        x: Double, y: Double, radius: Double, _ color: Color, opacity: Double = 1
    ) {
        polyline([(x, y), (x, y)], color, thickness: 2 * radius, opacity: opacity)
    }

    /// Lays a picture over a rectangle, each of its pixels a block without smoothing.
    public mutating func draw(_ picture: Image, x: Int, y: Int, width: Int, height: Int) {
        if width < 1 || height < 1 { return }
        for row in max(0, y)..<max(max(0, y), min(self.height, y + height)) {
            let sourceRow = (row - y) * picture.height / height
            for column in max(0, x)..<max(max(0, x), min(self.width, x + width)) {
                image[column, row] = picture[(column - x) * picture.width / width, sourceRow]
            }
        }
    }

    // MARK: Lines

    /// Adds the share of each pixel that a thick segment covers; where segments meet, the larger share counts.
    private func cover(
        _ a: (x: Double, y: Double), _ b: (x: Double, y: Double), _ radius: Double,
        _ coverage: inout [Int: Double]
    ) {
        guard a.x.isFinite, a.y.isFinite, b.x.isFinite, b.y.isFinite else { return }
        let reach = radius + 1
        let left = max(0, Int(max(min(a.x, b.x) - reach, -1)))
        let right = min(width - 1, Int(min(max(a.x, b.x) + reach, Double(width))))
        let top = max(0, Int(max(min(a.y, b.y) - reach, -1)))
        let bottom = min(height - 1, Int(min(max(a.y, b.y) + reach, Double(height))))
        if left > right || top > bottom { return }
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        for row in top...bottom {
            for column in left...right {
                let (px, py) = (Double(column) + 0.5 - a.x, Double(row) + 0.5 - a.y)
                let along = length > 0 ? min(max((px * dx + py * dy) / length, 0), 1) : 0
                let distance = hypot(px - along * dx, py - along * dy)
                let share = min(max(radius + 0.5 - distance, 0), 1)
                if share > 0 {
                    coverage[row * width + column, default: 0] = max(
                        coverage[row * width + column, default: 0], share)
                }
            }
        }
    }

    private typealias Point = (x: Double, y: Double)

    private static func segments(_ points: [Point], _ dash: (stroke: Double, gap: Double)?) -> [(
        Point, Point
    )] {
        let plain = zip(points, points.dropFirst()).map { ($0, $1) }
        guard let dash, dash.stroke > 0, dash.gap > 0 else { return plain }
        var result: [(Point, Point)] = []
        var travelled = 0.0
        for (a, b) in plain {
            let length = hypot(b.x - a.x, b.y - a.y)
            if !length.isFinite { continue }
            var place = 0.0
            while place < length {
                let phase = (travelled + place).truncatingRemainder(
                    dividingBy: dash.stroke + dash.gap)
                let isStroke = phase < dash.stroke
                let rest = isStroke ? dash.stroke - phase : dash.stroke + dash.gap - phase
                let end = min(length, place + max(rest, 1e-6))
                if isStroke {
                    func at(_ distance: Double) -> Point {
                        let share = distance / length
                        return (a.x + (b.x - a.x) * share, a.y + (b.y - a.y) * share)
                    }
                    result.append((at(place), at(end)))
                }
                place = end
            }
            travelled += length
        }
        return result
    }
}
