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
        let segments = Canvas.segments(points, dash)
        guard var area = Coverage(around: segments, radius: thickness / 2, width, height) else {
            return
        }
        for (a, b) in segments { area.add(a, b, radius: thickness / 2) }
        for row in area.top...area.bottom {
            for column in area.left...area.right {
                blend(column, row, color, Double(area[column, row]) * opacity)
            }
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

    private static func segments(
        _ points: [(x: Double, y: Double)], _ dash: (stroke: Double, gap: Double)?
    ) -> [Coverage.Segment] {
        let plain = zip(points, points.dropFirst()).map { ($0, $1) }
        guard let dash, dash.stroke > 0, dash.gap > 0 else { return plain }
        var result: [Coverage.Segment] = []
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
                    func at(_ distance: Double) -> Coverage.Point {
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
