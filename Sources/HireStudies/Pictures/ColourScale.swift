import HireImaging

/// Numbers as colours.
public enum ColourScale {
    /// Blue for -1, white for 0, red for 1; beyond that the ends.
    public static func diverging(_ value: Double) -> Color {
        let share = min(abs(value), 1)
        let end = value < 0 ? Color(33, 102, 172) : Color(178, 24, 43)
        return Color.white.mixed(with: end, share)
    }

    /// Distinct colours for curves, bars and marks, in a fixed order.
    public static let series = [
        Color(0, 114, 178), Color(213, 94, 0), Color(0, 158, 115), Color(204, 121, 167),
        Color(230, 159, 0), Color(86, 180, 233), Color(90, 90, 90), Color(140, 86, 75),
    ]

    /// The colour of the n-th series; they repeat.
    public static func series(_ index: Int) -> Color { series[index % series.count] }
}
