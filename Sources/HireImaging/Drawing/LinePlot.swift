/// Curves over common axes, such as losses over steps.
public struct LinePlot: DrawnPlot, Sendable {
    /// One curve.
    public struct Series: Sendable {
        /// What the legend calls it.
        public var name: String
        /// Its points in order; a number that is not finite interrupts the curve.
        public var points: [(x: Double, y: Double)]
        /// Whether each point gets a dot.
        public var hasMarkers: Bool
        /// Whether the curve is dashed.
        public var isDashed: Bool
        /// Its colour; nil takes the next of the palette.
        public var color: Color?

        /// A curve.
        public init(
            _ name: String, _ points: [(x: Double, y: Double)], hasMarkers: Bool = false,
            isDashed: Bool = false, color: Color? = nil
        ) {
            self.name = name
            self.points = points
            self.hasMarkers = hasMarkers
            self.isDashed = isDashed
            self.color = color
        }
    }

    /// The heading; empty for none.
    public var title: String
    /// What the horizontal axis shows.
    public var xLabel: String
    /// What the vertical axis shows.
    public var yLabel: String
    /// The curves.
    public var series: [Series]
    /// Whether the horizontal axis is logarithmic; points at or below 0 are then left out.
    public var hasLogarithmicX = false
    /// Whether the vertical axis is logarithmic; points at or below 0 are then left out.
    public var hasLogarithmicY = false
    /// Sizes and colours.
    public var style = PlotStyle()

    /// A plot.
    public init(title: String = "", xLabel: String = "", yLabel: String = "", series: [Series]) {
        self.title = title
        self.xLabel = xLabel
        self.yLabel = yLabel
        self.series = series
    }

    /// Draws the plot.
    ///
    /// - Throws: `ImageError` if no point can be shown or the size leaves no room.
    public func image(width: Int = 960, height: Int = 560) throws -> Image {
        try pixels(width: width, height: height)
    }

    /// The plot as the text of an SVG file.
    ///
    /// - Throws: as `image`.
    public func svg(width: Int = 960, height: Int = 560) throws -> String {
        try shapes(width: width, height: height)
    }

    func draw(on canvas: inout some DrawingSurface, width: Int, height: Int) throws {
        let xScale = try scale(\.x, hasLogarithmicX, wanted: 8)
        let yScale = try scale(\.y, hasLogarithmicY, wanted: 6)
        let legend = series.enumerated().map { index, entry in
            (name: entry.name, color: entry.color ?? style.color(index), isDashed: entry.isDashed)
        }
        let frame = PlotFrame(
            title: title, xLabel: xLabel, yLabel: yLabel, legend: legend, width: width,
            height: height,
            yScale: yScale, style: style)
        try frame.check()
        func x(_ value: Double) -> Double? {
            xScale.position(value).map {
                Double(frame.left) + $0 * Double(frame.right - frame.left)
            }
        }
        frame.draw(
            on: &canvas,
            xTicks: xScale.ticks.compactMap { tick in x(tick.value).map { ($0, tick.label) } },
            xGrid: true)
        for (index, entry) in series.enumerated() {
            draw(entry, legend[index].color, on: &canvas, x: x, y: frame.y)
        }
    }

    private func draw(
        _ entry: Series, _ color: Color, on canvas: inout some DrawingSurface,
        x: (Double) -> Double?,
        y: (Double) -> Double?
    ) {
        let thickness = style.textSize / 5
        var run: [(x: Double, y: Double)] = []
        func finish(_ canvas: inout some DrawingSurface) {
            let dash = entry.isDashed ? (stroke: thickness * 3, gap: thickness * 2.5) : nil
            canvas.polyline(run, color, thickness: thickness, dash: dash)
            run = []
        }
        for point in entry.points {
            if let px = x(point.x), let py = y(point.y) {
                run.append((px, py))
                if entry.hasMarkers { canvas.disc(x: px, y: py, radius: thickness * 1.7, color) }
            } else {
                finish(&canvas)
            }
        }
        finish(&canvas)
    }

    private func scale(
        _ part: (_ point: (x: Double, y: Double)) -> Double, _ isLogarithmic: Bool, wanted: Int
    ) throws -> AxisScale {
        let numbers = series.flatMap(\.points)
            .filter { $0.x.isFinite && $0.y.isFinite }
            .filter { !(hasLogarithmicX && $0.x <= 0) && !(hasLogarithmicY && $0.y <= 0) }
            .map(part)
        guard let low = numbers.min(), let high = numbers.max() else {
            throw ImageError(
                operation: "draw a plot", problem: "expected at least one finite point")
        }
        return AxisScale(low...high, isLogarithmic: isLogarithmic, wanted: wanted)
    }
}
