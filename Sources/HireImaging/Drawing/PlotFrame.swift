/// The parts that all plots with axes share: title, legend, grid, ticks and labels.
struct PlotFrame {
    let title: String
    let xLabel: String
    let yLabel: String
    let legend: [(name: String, color: Color, isDashed: Bool)]
    let style: PlotStyle
    let yScale: AxisScale
    /// In how many rows the names under the plot stand, so that long ones do not run into each other.
    let tickRows: Int
    let left: Int
    let top: Int
    let right: Int
    let bottom: Int

    init(
        title: String, xLabel: String, yLabel: String,
        legend: [(name: String, color: Color, isDashed: Bool)], width: Int, height: Int,
        yScale: AxisScale, tickRows: Int = 1, style: PlotStyle
    ) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.legend = legend.count > 1 ? legend : []
        self.style = style
        self.yScale = yScale
        self.tickRows = tickRows
        let size = style.textSize
        let tickWidth = yScale.ticks.map { Canvas.textWidth($0.label, size: size) }.max() ?? 0
        left = Int(tickWidth + size * (yLabel.isEmpty ? 2 : 4.2))
        top = Int(size * 1.5 + (title.isEmpty ? 0 : style.titleSize * 2))
        let names = self.legend.map { Canvas.textWidth($0.name, size: size) }.max()
        right = width - Int(names.map { $0 + size * 5.5 } ?? size * 2)
        bottom = height - Int(size * ((xLabel.isEmpty ? 3.2 : 5.4) + 1.7 * Double(tickRows - 1)))
    }

    /// The height on the canvas of a number on the y axis.
    func y(_ value: Double) -> Double? {
        yScale.position(value).map { Double(bottom) - $0 * Double(bottom - top) }
    }

    /// Throws unless enough room is left to draw in.
    func check() throws {
        guard right - left >= 40, bottom - top >= 40 else {
            throw ImageError(
                operation: "draw a plot",
                problem:
                    "expected room for a plot, got \(right - left)x\(bottom - top) pixels beside the labels"
            )
        }
    }

    /// Draws all but the data.
    func draw(
        on canvas: inout some DrawingSurface, xTicks: [(place: Double, label: String)], xGrid: Bool
    ) {
        let size = style.textSize
        for tick in yScale.ticks {
            guard let place = y(tick.value) else { continue }
            canvas.fill(x: left, y: Int(place), width: right - left, height: 1, style.gridColor)
            canvas.text(
                tick.label, x: Double(left) - size * 0.8, y: place, size: size, style.textColor,
                .right)
        }
        for (index, tick) in xTicks.enumerated() {
            let down = size * (1.4 + 1.7 * Double(index % tickRows))
            if xGrid {
                canvas.fill(
                    x: Int(tick.place), y: top, width: 1, height: bottom - top, style.gridColor)
                canvas.fill(x: Int(tick.place), y: bottom, width: 1, height: 5, style.axisColor)
            }
            // Names at the edges move inwards rather than being cut off.
            let half = Canvas.textWidth(tick.label, size: size) / 2 + size * 0.3
            let place = max(half, min(tick.place, Double(canvas.width) - half))
            canvas.text(
                tick.label, x: place, y: Double(bottom) + down, size: size,
                style.textColor, .centre)
        }
        canvas.fill(x: left, y: bottom, width: right - left, height: 1, style.axisColor)
        canvas.fill(x: left, y: top, width: 1, height: bottom - top, style.axisColor)
        drawTexts(on: &canvas)
        drawLegend(on: &canvas)
    }

    private func drawTexts(on canvas: inout some DrawingSurface) {
        let size = style.textSize
        canvas.text(
            title, x: Double(left), y: style.titleSize * 1.4, size: style.titleSize, style.textColor
        )
        canvas.text(
            xLabel, x: Double(left + right) / 2,
            y: Double(bottom) + size * (3.8 + 1.7 * Double(tickRows - 1)), size: size,
            style.textColor, .centre)
        canvas.text(
            yLabel, x: size * 1.4, y: Double(top + bottom) / 2, size: size, style.textColor,
            .centre,
            upward: true)
    }

    private func drawLegend(on canvas: inout some DrawingSurface) {
        let size = style.textSize
        for (index, entry) in legend.enumerated() {
            let y = Double(top) + size * (0.8 + 1.9 * Double(index))
            let x = Double(right) + size * 1.3
            canvas.polyline(
                [(x, y), (x + size * 2.2, y)], entry.color, thickness: size / 4,
                dash: entry.isDashed ? (size * 0.5, size * 0.5) : nil)
            canvas.text(entry.name, x: x + size * 2.9, y: y, size: size, style.textColor)
        }
    }
}
