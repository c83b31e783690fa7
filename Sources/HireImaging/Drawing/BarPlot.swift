import Glibc

/// Bars in groups, such as one score per benchmark and variant.
public struct BarPlot: DrawnPlot, Sendable {
    /// One bar per category.
    public struct Series: Sendable {
        /// What the legend calls it.
        public var name: String
        /// One number per category; NaN leaves a gap.
        public var values: [Double]
        /// Half the length of an error bar per category; empty for none.
        public var errors: [Double]

        /// Bars of one colour.
        public init(_ name: String, _ values: [Double], errors: [Double] = []) {
            self.name = name
            self.values = values
            self.errors = errors
        }
    }

    /// The heading; empty for none.
    public var title: String
    /// What the vertical axis shows.
    public var yLabel: String
    /// The names under the groups.
    public var categories: [String]
    /// The bars.
    public var series: [Series]
    /// Whether each bar carries its number.
    public var showsValues = true
    /// Sizes and colours.
    public var style = PlotStyle()

    /// A plot.
    public init(title: String = "", yLabel: String = "", categories: [String], series: [Series]) {
        self.title = title
        self.yLabel = yLabel
        self.categories = categories
        self.series = series
    }

    /// Draws the plot; the vertical axis includes 0.
    ///
    /// - Throws: `ImageError` if the numbers of values and categories differ or the size leaves no room.
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
        try check()
        let finite = series.flatMap { entry in
            entry.values.indices.flatMap { index -> [Double] in
                let error = entry.errors.isEmpty ? 0 : entry.errors[index]
                return [entry.values[index] - error, entry.values[index] + error]
            }
        }.filter(\.isFinite)
        // The numbers on the bars need some room.
        let (low, high) = (min(0, finite.min() ?? 0), max(0, finite.max() ?? 1))
        let room = showsValues ? (high - low) * 0.07 : 0
        let range = (low < 0 ? low - room : 0)...(high > 0 ? high + room : 0)
        let legend = series.enumerated().map { index, entry in
            (name: entry.name, color: style.color(index), isDashed: false)
        }
        let widest = categories.map { Canvas.textWidth($0, size: style.textSize) }.max() ?? 0
        let rows = (widest + style.textSize) * Double(categories.count) / (Double(width) * 0.75)
        let frame = PlotFrame(
            title: title, xLabel: "", yLabel: yLabel, legend: legend, width: width, height: height,
            yScale: AxisScale(range, isLogarithmic: false),
            tickRows: min(max(1, Int(rows.rounded(.up))), 3),
            style: style)
        try frame.check()
        let group = Double(frame.right - frame.left) / Double(categories.count)
        let ticks = categories.enumerated().map { index, name in
            (Double(frame.left) + group * (Double(index) + 0.5), name)
        }
        frame.draw(on: &canvas, xTicks: ticks, xGrid: false)
        let bar = group * 0.8 / Double(max(1, series.count))
        for (index, entry) in series.enumerated() {
            for category in categories.indices {
                let left =
                    Double(frame.left) + group * (Double(category) + 0.1) + bar * Double(index)
                draw(entry, category, style.color(index), left: left, bar, frame, on: &canvas)
            }
        }
        if let zero = frame.y(0) {
            canvas.fill(
                x: frame.left, y: Int(zero), width: frame.right - frame.left, height: 1,
                style.axisColor)
        }
    }

    private func draw(
        _ entry: Series, _ category: Int, _ color: Color, left: Double, _ bar: Double,
        _ frame: PlotFrame,
        on canvas: inout some DrawingSurface
    ) {
        let value = entry.values[category]
        guard let tip = frame.y(value), let zero = frame.y(0) else { return }
        let (top, bottom) = (min(tip, zero), max(tip, zero))
        let x = Int(left.rounded()) + 1
        canvas.fill(
            x: x, y: Int(top.rounded()), width: max(1, Int((left + bar).rounded()) - x - 1),
            height: Int(bottom.rounded()) - Int(top.rounded()), color)
        let middle = left + bar / 2
        var label = value < 0 ? bottom : top
        if !entry.errors.isEmpty, entry.errors[category] > 0,
            let high = frame.y(value + entry.errors[category]),
            let low = frame.y(value - entry.errors[category])
        {
            canvas.line(from: (middle, high), to: (middle, low), style.textColor, thickness: 1.5)
            for end in [high, low] {
                canvas.line(
                    from: (middle - 4, end), to: (middle + 4, end), style.textColor, thickness: 1.5)
            }
            label = value < 0 ? low : high
        }
        if showsValues {
            // Three digits that count.
            let step = value == 0 ? 1 : pow(10, floor(log10(abs(value))) - 2)
            let text = AxisScale.label((value / step).rounded() * step, step: step)
            let size = style.textSize * 0.9
            if Canvas.textWidth(text, size: size) <= bar * 1.15 {
                canvas.text(
                    text, x: middle, y: label + (value < 0 ? size : -size), size: size,
                    style.textColor,
                    .centre)
            }
        }
    }

    private func check() throws {
        guard !categories.isEmpty, !series.isEmpty else {
            throw ImageError(
                operation: "draw a plot", problem: "expected categories and values, got none")
        }
        for entry in series {
            guard entry.values.count == categories.count,
                entry.errors.isEmpty || entry.errors.count == categories.count
            else {
                throw ImageError(
                    operation: "draw a plot",
                    problem:
                        "expected \(categories.count) values for '\(entry.name)', got \(entry.values.count)"
                )
            }
        }
    }
}
