/// A plot that draws itself on any surface; pixels and shapes follow from that.
protocol DrawnPlot {
    var style: PlotStyle { get }
    /// Draws everything but the background.
    func draw(on canvas: inout some DrawingSurface, width: Int, height: Int) throws
}

extension DrawnPlot {
    func pixels(width: Int, height: Int) throws -> Image {
        var canvas = try Canvas(width: width, height: height, background: style.background)
        try draw(on: &canvas, width: width, height: height)
        return canvas.image
    }

    func shapes(width: Int, height: Int) throws -> String {
        var canvas = VectorCanvas(width: width, height: height, background: style.background)
        try draw(on: &canvas, width: width, height: height)
        return canvas.svg
    }
}
