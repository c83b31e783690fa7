/// Shapes instead of pixels: a plot as SVG, which papers can scale and edit.
struct VectorCanvas: DrawingSurface {
    let width: Int
    let height: Int
    private var elements: [String] = []

    init(width: Int, height: Int, background: Color) {
        self.width = width
        self.height = height
        fill(x: 0, y: 0, width: width, height: height, background)
    }

    mutating func fill(
        x: Int, y: Int, width: Int, height: Int, _ color: Color, opacity: Double
    ) {
        if width < 1 || height < 1 { return }
        elements.append(
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(width)\" height=\"\(height)\" fill=\"\(color.hex)\""
                + Self.opacity("fill-opacity", opacity) + "/>")
    }

    mutating func polyline(
        _ points: [(x: Double, y: Double)], _ color: Color, thickness: Double, opacity: Double,
        dash: (stroke: Double, gap: Double)?
    ) {
        if points.isEmpty { return }
        let path = points.map { "\(Self.short($0.x)),\(Self.short($0.y))" }
            .joined(separator: " ")
        let pattern =
            dash.map {
                " stroke-dasharray=\"\(Self.short($0.stroke)) \(Self.short($0.gap))\""
            } ?? ""
        elements.append(
            "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(color.hex)\" stroke-width=\""
                + "\(Self.short(thickness))\" stroke-linecap=\"round\" stroke-linejoin=\"round\""
                + pattern + Self.opacity("stroke-opacity", opacity) + "/>")
    }

    mutating func text(
        _ text: String, x: Double, y: Double, size: Double, _ color: Color,
        _ alignment: TextAlignment, upward: Bool
    ) {
        if text.isEmpty { return }
        let anchor =
            switch alignment {
            case .left: "start"
            case .centre: "middle"
            case .right: "end"
            }
        // Capital letters of common fonts are 0.7 of the font's size high.
        let turn = upward ? " transform=\"rotate(-90 \(Self.short(x)) \(Self.short(y)))\"" : ""
        elements.append(
            "<text x=\"\(Self.short(x))\" y=\"\(Self.short(y + size / 2))\" font-size=\""
                + "\(Self.short(size / 0.7))\" text-anchor=\"\(anchor)\" fill=\"\(color.hex)\"\(turn)>"
                + Self.escaped(text) + "</text>")
    }

    /// The drawing as the text of an SVG file.
    var svg: String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" viewBox=\"0 0 "
            + "\(width) \(height)\" font-family=\"Helvetica, Arial, sans-serif\">\n"
            + elements.joined(separator: "\n") + "\n</svg>\n"
    }

    /// A hundredth of a pixel is enough.
    private static func short(_ value: Double) -> String {
        guard value.isFinite else { return "0" }
        let rounded = (value * 100).rounded() / 100
        return rounded == rounded.rounded() ? "\(Int(rounded))" : "\(rounded)"
    }

    private static func opacity(_ name: String, _ value: Double) -> String {
        value < 1 ? " \(name)=\"\(short(value))\"" : ""
    }

    private static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }
}

extension Color {
    /// As HTML writes it: #rrggbb.
    fileprivate var hex: String {
        "#"
            + [red, green, blue].map { part in
                let digits = String(part, radix: 16)
                return digits.count == 1 ? "0" + digits : digits
            }.joined()
    }
}
