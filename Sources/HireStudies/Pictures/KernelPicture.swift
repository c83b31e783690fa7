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
        guard kernel.rank == 4, kernel.shape[0] == 1, reach % 2 == 1,
            reach * reach == kernel.shape[1],
            !points.isEmpty
        else {
            throw ArrayError.shape(
                operation: "kernel picture",
                expected: "a kernel [1, taps, H, W] with an odd square of taps, and points",
                got: "\(kernel.shape) and \(points.count) points")
        }
        let (height, width) = (kernel.shape[2], kernel.shape[3])
        let values = try kernel.floats()
        let gap = 12
        let tile = (side - gap) / 2
        let columns = (points.count + 1) / 2
        let palette = PlotStyle().palette
        var marked = try Canvas(width: side, height: side)
        marked.draw(picture, x: 0, y: 0, width: side, height: side)
        var canvas = try Canvas(width: side + columns * (tile + gap), height: side)
        for (index, point) in points.enumerated() {
            let x = min(max(Int(point.x * Double(width)), 0), width - 1)
            let y = min(max(Int(point.y * Double(height)), 0), height - 1)
            let colour = palette[index % palette.count]
            let (cellWidth, cellHeight) = (side / width, side / height)
            marked.frame(
                x: x * side / width - reach / 2 * cellWidth,
                y: y * side / height - reach / 2 * cellHeight,
                width: reach * cellWidth, height: reach * cellHeight, colour, thickness: 3)
            let left = side + gap + index / 2 * (tile + gap)
            let top = index % 2 * (tile + gap)
            let taps = (0..<(reach * reach)).map { Double(values[($0 * height + y) * width + x]) }
            canvas.draw(try tiles(taps, reach), x: left, y: top, width: tile, height: tile)
            canvas.frame(x: left, y: top, width: tile, height: tile, colour, thickness: 3)
        }
        canvas.draw(marked.image, x: 0, y: 0, width: side, height: side)
        return canvas.image
    }

    /// Places in a kernel map that are worth a look, as (x, y) from 0 to 1: those where the kernel is least like the
    /// mean kernel, apart from each other by an eighth of the map or more, and the one where it is most like it.
    ///
    /// - Throws: `ArrayError.shape` unless the kernel is [1, taps, H, W].
    public static func strikingPoints(_ kernel: Tensor, count: Int = 6) throws -> [SIMD2<Double>] {
        guard kernel.rank == 4, kernel.shape[0] == 1, kernel.count > 0 else {
            throw ArrayError.shape(
                operation: "kernel picture", expected: "[1, taps, H, W]", got: "\(kernel.shape)")
        }
        let (taps, height, width) = (kernel.shape[1], kernel.shape[2], kernel.shape[3])
        let values = try kernel.floats().map(Double.init)
        let area = height * width
        var distances = [Double](repeating: 0, count: area)
        for tap in 0..<taps {
            let plane = values[(tap * area)..<((tap + 1) * area)]
            let mean = plane.reduce(0, +) / Double(area)
            for (position, value) in plane.enumerated() {
                distances[position] += (value - mean) * (value - mean)
            }
        }
        let order = (0..<area).sorted { (distances[$1], $0) < (distances[$0], $1) }
        var chosen: [Int] = []
        for position in order where chosen.count < count - 1 {
            let isApart = chosen.allSatisfy { other in
                abs(other % width - position % width) >= width / 8
                    || abs(other / width - position / width) >= height / 8
            }
            if isApart { chosen.append(position) }
        }
        if let plain = order.last { chosen.append(plain) }
        return chosen.map {
            SIMD2(
                (Double($0 % width) + 0.5) / Double(width),
                (Double($0 / width) + 0.5) / Double(height))
        }
    }

    private static func tiles(_ taps: [Double], _ reach: Int) throws -> Image {
        let largest = max(taps.map { abs($0) }.max() ?? 0, .leastNormalMagnitude)
        var image = try Image(width: reach, height: reach)
        for (index, tap) in taps.enumerated() {
            image[index % reach, index / reach] = ColorMap.diverging.color(0.5 + tap / largest / 2)
        }
        return image
    }
}
