/// Sizes and colours that all plots share.
public struct PlotStyle: Sendable {
    /// The height of capital letters of titles, in pixels.
    public var titleSize = 18.0
    /// The height of capital letters of all other text, in pixels.
    public var textSize = 12.0
    /// The colour of the paper.
    public var background = Color.white
    /// The colour of text.
    public var textColor = Color(hex: 0x222222)
    /// The colour of axes and frames.
    public var axisColor = Color(hex: 0x666666)
    /// The colour of grid lines.
    public var gridColor = Color(hex: 0xE4E4E4)
    /// The colours of series, in their order; distinct also to most colour-blind readers (Okabe and Ito).
    public var palette: [Color] = [
        Color(hex: 0x0072B2), Color(hex: 0xD55E00), Color(hex: 0x009E73), Color(hex: 0xCC79A7),
        Color(hex: 0xE69F00), Color(hex: 0x56B4E9), Color(hex: 0x444444), Color(hex: 0x8F6BB0),
    ]

    /// The usual style.
    public init() {}

    /// The colour of a series; colours repeat when there are more series than colours.
    func color(_ index: Int) -> Color {
        palette.isEmpty ? textColor : palette[index % palette.count]
    }
}
