/// The scale beside a heat map: which colour stands for which number.
public struct ColorBar: Sendable {
    /// The colours.
    public var map: ColorMap
    /// The numbers at the ends.
    public var range: ClosedRange<Double>
    /// What the numbers are; empty for nothing.
    public var label: String

    /// A colour bar.
    public init(_ map: ColorMap, range: ClosedRange<Double>, label: String = "") {
        self.map = map
        self.range = range
        self.label = label
    }

    /// The width that `draw` takes for a bar of some height.
    func width(height: Int, _ style: PlotStyle) -> Int {
        Int(Double(thickness(style)) + labelDistance(height: height, style) + style.textSize * 2)
    }

    /// Draws the bar upright with its numbers to the right.
    func draw(on canvas: inout Canvas, x: Int, y: Int, height: Int, _ style: PlotStyle) {
        let thickness = thickness(style)
        for row in 0..<height {
            let value = 1 - (Double(row) + 0.5) / Double(height)
            canvas.fill(x: x, y: y + row, width: thickness, height: 1, map.color(value))
        }
        canvas.frame(x: x, y: y, width: thickness, height: height, style.axisColor)
        let span = range.upperBound - range.lowerBound
        for tick in ticks(height: height, style) {
            let share = span > 0 ? (tick.value - range.lowerBound) / span : 0.5
            let place = Double(y) + Double(height) * (1 - share)
            canvas.fill(
                x: x + thickness, y: min(Int(place), y + height - 1), width: 4, height: 1,
                style.axisColor)
            canvas.text(
                tick.label, x: Double(x + thickness) + style.textSize * 0.7, y: place,
                size: style.textSize,
                style.textColor)
        }
        canvas.text(
            label, x: Double(x + thickness) + labelDistance(height: height, style),
            y: Double(y + height / 2),
            size: style.textSize, style.textColor, .centre, upward: true)
    }

    private func thickness(_ style: PlotStyle) -> Int { Int(style.textSize * 1.6) }

    /// From the bar's right edge to the middle of its label, past the longest number.
    private func labelDistance(height: Int, _ style: PlotStyle) -> Double {
        let widest = ticks(height: height, style).map {
            Canvas.textWidth($0.label, size: style.textSize)
        }.max()
        return (widest ?? 0) + style.textSize * (label.isEmpty ? 0.7 : 2.2)
    }

    private func ticks(height: Int, _ style: PlotStyle) -> [AxisScale.Tick] {
        let wanted = max(2, height / Int(style.textSize * 4))
        // Ticks are whole multiples of a step; rounding must not drop the one at the very end.
        let slack = (range.upperBound - range.lowerBound) * 1e-9
        return AxisScale(range, isLogarithmic: false, wanted: wanted).ticks.filter {
            $0.value >= range.lowerBound - slack && $0.value <= range.upperBound + slack
        }
    }
}
