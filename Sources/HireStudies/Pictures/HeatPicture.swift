import HireArray
import HireImaging

/// Numbers on a grid as colours, by themselves or over the picture they belong to.
public struct HeatPicture {
    /// Row by row.
    public let values: [Double]
    /// Rows and columns.
    public let grid: SIMD2<Int>
    /// The numbers at the ends of the colours.
    public var range: ClosedRange<Double>
    /// The colours.
    public var colors: ColorMap
    /// What the numbers are, beside the colour bar.
    public var label = ""
    /// What lies beneath; nil for nothing.
    public var picture: Image?
    /// How much the colours cover the picture, from 0 to 1.
    public var opacity = 0.6
    /// Whether numbers are blended between positions; blocks show the grid as it is.
    public var isSmooth = false
    /// The least length of the longer side in pixels.
    public var side = 256
    /// Positions (row, column) to be framed.
    public var marks: [SIMD2<Int>] = []

    /// Numbers of a grid; the range is that of the finite ones.
    public init(_ values: [Double], grid: SIMD2<Int>, _ colors: ColorMap) {
        precondition(
            values.count == grid.x * grid.y && !values.isEmpty, "A grid needs its numbers.")
        self.values = values
        self.grid = grid
        self.colors = colors
        range = Image.finiteRange(values)
    }

    /// The scale of the drawing.
    public var bar: ColorBar { ColorBar(colors, range: range, label: label) }

    /// The drawing without its scale.
    public func image() throws -> Image {
        guard (1...8192).contains(side) else {
            throw ImageError(
                operation: "draw a heat map", problem: "expected a side from 1 to 8192, got \(side)"
            )
        }
        let under = try picture.map { try enlarged($0) }
        let (width, height) = under.map { ($0.width, $0.height) } ?? size()
        let share = under == nil ? 1 : min(max(opacity, 0), 1)
        let span = range.upperBound - range.lowerBound
        var pixels = [UInt8](repeating: 0, count: 3 * width * height)
        for y in 0..<height {
            for x in 0..<width {
                let value = value(
                    (Double(y) + 0.5) / Double(height), (Double(x) + 0.5) / Double(width))
                var color = colors.color(
                    span > 0 ? (value - range.lowerBound) / span : value.isNaN ? .nan : 0.5)
                if let under { color = under[x, y].mixed(with: color, share) }
                let place = 3 * (y * width + x)
                (pixels[place], pixels[place + 1], pixels[place + 2]) =
                    (color.red, color.green, color.blue)
            }
        }
        var canvas = Canvas(try Image(width: width, height: height, pixels: pixels))
        for mark in marks {
            let (left, top) = (mark.y * width / grid.y, mark.x * height / grid.x)
            let right = (mark.y + 1) * width / grid.y
            let bottom = (mark.x + 1) * height / grid.x
            // On fine grids a position is smaller than a frame that can be seen.
            let grow = max(0, (9 - min(right - left, bottom - top)) / 2)
            for (inset, color) in [(-2, Color.black), (0, Color.white)] {
                canvas.frame(
                    x: left + inset - grow, y: top + inset - grow,
                    width: right - left - 2 * inset + 2 * grow,
                    height: bottom - top - 2 * inset + 2 * grow, color, thickness: 2)
            }
        }
        return canvas.image
    }

    /// The drawing with its scale to the right.
    public func imageWithBar() throws -> Image {
        let image = try image()
        var sheet = ImageSheet(rows: [[image]])
        sheet.cellSide = max(image.width, image.height, 8)
        sheet.colorBars = [bar]
        return try sheet.image()
    }

    private func size() -> (Int, Int) {
        let longer = max(grid.x, grid.y)
        let target = max(side, longer)
        return (max(1, grid.y * target / longer), max(1, grid.x * target / longer))
    }

    private func enlarged(_ image: Image) throws -> Image {
        let longer = max(image.width, image.height)
        if longer >= side { return image }
        return try image.resized(
            width: max(1, image.width * side / longer),
            height: max(1, image.height * side / longer), .nearest)
    }

    /// The number at a place from 0 to 1.
    private func value(_ down: Double, _ right: Double) -> Double {
        let (rows, columns) = (grid.x, grid.y)
        if !isSmooth {
            return values[
                min(Int(down * Double(rows)), rows - 1) * columns
                    + min(Int(right * Double(columns)), columns - 1)]
        }
        let y = min(max(down * Double(rows) - 0.5, 0), Double(rows - 1))
        let x = min(max(right * Double(columns) - 0.5, 0), Double(columns - 1))
        let (top, left) = (Int(y), Int(x))
        let (bottom, end) = (min(top + 1, rows - 1), min(left + 1, columns - 1))
        let (dy, dx) = (y - Double(top), x - Double(left))
        let upper = values[top * columns + left] * (1 - dx) + values[top * columns + end] * dx
        let lower = values[bottom * columns + left] * (1 - dx) + values[bottom * columns + end] * dx
        return upper * (1 - dy) + lower * dy
    }
}
