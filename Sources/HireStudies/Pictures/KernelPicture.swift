import HireArray
import HireImaging
import HireTensor

/// Bilateral kernels as tiles beside the picture they belong to.
///
/// The picture stands at the left with a frame around the reach of each chosen pixel; at the right each kernel is a
/// tile in a frame of the same colour. Red takes from a neighbour, blue subtracts it; each tile has its own scale.
public enum KernelPicture {
    /// Draws the kernels at some pixels.
    ///
    /// - Parameters:
    ///   - kernel: [1, taps, H, W], taps an odd square, as the capture point `enricher.stages.*.kernel` gives.
    ///   - points: (x, y) in the picture, each from 0 to 1.
    ///   - side: height of the drawing in pixels.
    /// - Throws: `ArrayError.shape` for a kernel of another shape.
    public static func drawn(
        _ picture: Image, _ kernel: Tensor, points: [SIMD2<Double>], side: Int = 256
    ) throws -> Image {
        let reach = kernel.rank == 4 ? Int(Double(kernel.shape[1]).squareRoot().rounded()) : 0
        guard kernel.rank == 4, kernel.shape[0] == 1, reach % 2 == 1, reach * reach == kernel.shape[1],
            !points.isEmpty
        else {
            throw ArrayError.shape(
                operation: "kernel picture",
                expected: "a kernel [1, taps, H, W] with an odd square of taps, and points",
                got: "\(kernel.shape) and \(points.count) points")
        }
        let (height, width) = (kernel.shape[2], kernel.shape[3])
        let values = try kernel.floats()
        let columns = (points.count + 1) / 2
        let tile = (side - 12) / 2
        var sheet = try Image(width: side + 12 + columns * (tile + 12), height: side, fill: .white)
        sheet.paste(try picture.resized(width: side, height: side, .nearest), x: 0, y: 0)
        for (index, point) in points.enumerated() {
            let x = min(max(Int(point.x * Double(width)), 0), width - 1)
            let y = min(max(Int(point.y * Double(height)), 0), height - 1)
            let taps = (0..<(reach * reach)).map {
                Double(values[($0 * height + y) * width + x])
            }
            let colour = ColourScale.series(index)
            let cell = Double(side) / Double(width)
            let half = Double(reach) / 2 * cell
            let (cx, cy) = ((Double(x) + 0.5) * cell, (Double(y) + 0.5) * Double(side) / Double(height))
            frame(
                &sheet, Int(cx - half), Int(cy - half), Int(2 * half), Int(2 * half), colour,
                within: (side, side))
            let left = side + 12 + (index / 2) * (tile + 12)
            let top = (index % 2) * (tile + 12)
            sheet.paste(try tiles(taps, reach, tile), x: left, y: top)
            frame(&sheet, left, top, tile, tile, colour, within: (sheet.width, sheet.height))
        }
        return sheet
    }

    private static func tiles(_ taps: [Double], _ reach: Int, _ side: Int) throws -> Image {
        let largest = max(taps.map { abs($0) }.max() ?? 0, .leastNormalMagnitude)
        var image = try Image(width: reach, height: reach, fill: .white)
        for (index, tap) in taps.enumerated() {
            image[index % reach, index / reach] = ColourScale.diverging(tap / largest)
        }
        return try image.resized(width: side, height: side, .nearest)
    }

    private static func frame(
        _ image: inout Image, _ x: Int, _ y: Int, _ width: Int, _ height: Int, _ colour: Color,
        within limit: (x: Int, y: Int)
    ) {
        let set = { (px: Int, py: Int, image: inout Image) in
            if px >= 0, py >= 0, px < limit.x, py < limit.y { image[px, py] = colour }
        }
        for line in 0..<3 {
            for step in 0..<max(width, 1) {
                set(x + step, y + line, &image)
                set(x + step, y + height - 1 - line, &image)
            }
            for step in 0..<max(height, 1) {
                set(x + line, y + step, &image)
                set(x + width - 1 - line, y + step, &image)
            }
        }
    }
}
