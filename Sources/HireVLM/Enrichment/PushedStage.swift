import HireArray
import HireTensor

/// One stage of the pushed form, of which any region can be made.
///
/// Resize and padding are one operator per axis, whose outputs are gathered in the order that they have in the whole
/// map; columns go before rows, always. So a pixel is the same sum whatever region it is made with.
struct PushedStage {
    private let rows: AxisResampling
    private let columns: AxisResampling
    private let radius: Int
    private let kernel: Tensor?

    init(
        from: SIMD2<Int>, to grid: SIMD2<Int>, _ mode: InterpolationMode, radius: Int,
        kernel: Tensor?
    ) {
        rows = Self.operation(from.x, grid.x, mode).reflected(by: radius)
        columns = Self.operation(from.y, grid.y, mode).reflected(by: radius)
        self.radius = radius
        self.kernel = kernel
    }

    private static func operation(
        _ from: Int, _ to: Int, _ mode: InterpolationMode
    ) -> AxisResampling {
        if from == to { return .identity(to) }
        return switch mode {
        case .nearest: .nearest(from: from, to: to)
        case .bilinear: .bilinear(from: from, to: to)
        case .bicubic: .bicubic(from: from, to: to)
        case .area: .area(from: from, to: to)
        }
    }

    /// What it takes to make a region: the input's rectangle and the work on it.
    func step(_ region: MapRegion) -> Step {
        let reach = 2 * radius
        let vertical = rows.window(region.rows.lowerBound..<region.rows.upperBound + reach)
        let horizontal = columns.window(
            region.columns.lowerBound..<region.columns.upperBound + reach)
        return Step(
            input: MapRegion(rows: vertical.inputs, columns: horizontal.inputs), region: region,
            rows: vertical.part, columns: horizontal.part, radius: radius, kernel: kernel)
    }

    /// The work on one rectangle.
    struct Step {
        let input: MapRegion
        let region: MapRegion
        let rows, columns: AxisResampling
        let radius: Int
        let kernel: Tensor?

        func callAsFunction(_ map: Tensor) throws -> Tensor {
            let padded = try map.resampled(columns: columns).resampled(rows: rows)
            guard let kernel else { return padded }
            return try padded.adaptiveConv(kernel.cropped(to: region), radius: radius)
        }
    }
}
