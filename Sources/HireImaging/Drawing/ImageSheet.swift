/// A table of pictures with names for its rows and columns, such as feature maps per variant and image.
public struct ImageSheet: Sendable {
    /// The heading; empty for none.
    public var title: String
    /// The names left of the rows; empty for none.
    public var rowLabels: [String]
    /// The names above the columns; empty for none.
    public var columnLabels: [String]
    /// The pictures row by row; nil leaves a cell empty.
    ///
    /// Rows may differ in length.
    public var rows: [[Image?]]
    /// The longer side of a cell in pixels; smaller pictures are enlarged in blocks, larger ones reduced smoothly.
    public var cellSide = 180
    /// The scales to the right of the sheet, beside one another.
    public var colorBars: [ColorBar] = []
    /// Sizes and colours.
    public var style = PlotStyle()

    /// A sheet.
    public init(
        title: String = "", rowLabels: [String] = [], columnLabels: [String] = [], rows: [[Image?]]
    ) {
        self.title = title
        self.rowLabels = rowLabels
        self.columnLabels = columnLabels
        self.rows = rows
    }

    /// Draws the sheet.
    ///
    /// - Throws: `ImageError` if there is no picture, or more labels than rows or columns.
    public func image() throws -> Image {
        let columns = rows.map(\.count).max() ?? 0
        guard columns > 0, rows.joined().contains(where: { $0 != nil }) else {
            throw ImageError(
                operation: "draw a sheet", problem: "expected at least one picture, got none")
        }
        guard rowLabels.count <= rows.count, columnLabels.count <= columns else {
            throw ImageError(
                operation: "draw a sheet",
                problem: "expected at most \(rows.count) row labels and \(columns) column labels, "
                    + "got \(rowLabels.count) and \(columnLabels.count)")
        }
        guard (8...4096).contains(cellSide) else {
            throw ImageError(
                operation: "draw a sheet",
                problem: "expected a cell side from 8 to 4096, got \(cellSide)")
        }
        let size = style.textSize
        let gap = Int(size * 0.7)
        let margin = Int(size * 1.5)
        let widestLabel = rowLabels.map { Canvas.textWidth($0, size: size) }.max() ?? 0
        let left = margin + (rowLabels.isEmpty ? 0 : Int(widestLabel + size * 1.2))
        let heading = title.isEmpty ? 0 : Int(style.titleSize * 2.2)
        let top = margin + heading + (columnLabels.isEmpty ? 0 : Int(size * 2))
        let cells = rows.map { row in row.map { $0.map(fitted) } }
        let cellWidth = cells.joined().compactMap { $0?.width }.max() ?? cellSide
        let cellHeight = cells.joined().compactMap { $0?.height }.max() ?? cellSide
        let gridWidth = columns * (cellWidth + gap) - gap
        let gridHeight = rows.count * (cellHeight + gap) - gap
        let bars = colorBars.map { $0.width(height: gridHeight, style) }
        let titleWidth = Int(Canvas.textWidth(title, size: style.titleSize)) + 2 * margin
        var canvas = try Canvas(
            width: max(left + gridWidth + margin + bars.reduce(0, +), titleWidth),
            height: top + gridHeight + margin, background: style.background)
        canvas.text(
            title, x: Double(margin), y: Double(margin) + style.titleSize * 0.6,
            size: style.titleSize,
            style.textColor)
        for (index, label) in columnLabels.enumerated() {
            let x = left + index * (cellWidth + gap) + cellWidth / 2
            canvas.text(
                label, x: Double(x), y: Double(top) - size, size: size, style.textColor, .centre)
        }
        for (rowIndex, row) in cells.enumerated() {
            let y = top + rowIndex * (cellHeight + gap)
            if rowIndex < rowLabels.count {
                canvas.text(
                    rowLabels[rowIndex], x: Double(left) - size, y: Double(y + cellHeight / 2),
                    size: size,
                    style.textColor, .right)
            }
            for (columnIndex, cell) in row.enumerated() {
                guard let cell else { continue }
                let x = left + columnIndex * (cellWidth + gap) + (cellWidth - cell.width) / 2
                canvas.draw(
                    cell, x: x, y: y + (cellHeight - cell.height) / 2, width: cell.width,
                    height: cell.height)
            }
        }
        var x = left + gridWidth + margin
        for (bar, barWidth) in zip(colorBars, bars) {
            bar.draw(on: &canvas, x: x, y: top, height: gridHeight, style)
            x += barWidth
        }
        return canvas.image
    }

    /// A picture with its longer side at the side of a cell.
    private func fitted(_ image: Image) -> Image {
        let longer = max(image.width, image.height)
        let width = max(1, image.width * cellSide / longer)
        let height = max(1, image.height * cellSide / longer)
        let filter: ResizeFilter = longer < cellSide ? .nearest : .box
        return (try? image.resized(width: width, height: height, filter)) ?? image
    }
}
