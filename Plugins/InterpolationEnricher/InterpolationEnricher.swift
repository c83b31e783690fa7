import HireArray
import HireNN
import HireTensor
import HireVLM

/// x_en = interpolate(E(i) -> R x R); the output is [E(i), pool(x_en)].
///
/// Resize and pooling do not depend on the picture, so W is made once: a small matrix of tokens by tokens.
final class InterpolationEnricher: LinearUpsampler {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    private let mode: InterpolationMode
    private let matrix: Tensor
    private let side: Int

    init(_ mode: InterpolationMode, _ host: HostShape) throws {
        self.mode = mode
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        side = host.highResolution
        matrix = try Self.matrix(mode, grid: host.grid, side: side, in: host.context)
    }

    func pooledOperator(_ input: EnricherInput) throws -> Tensor {
        let tokens = matrix.shape[0]
        return try matrix.expand([input.base.batch, tokens, tokens])
    }

    func highResolution(_ input: EnricherInput) throws -> FeatureMap {
        try FeatureMap(map: input.base.map().interpolate(to: SIMD2(side, side), mode: mode))
    }

    func pushedOperator(_ input: EnricherInput) throws -> PushedOperator? {
        PushedOperator(
            source: input.base.grid, mode: mode, grids: [SIMD2(side, side)], radii: [0],
            kernels: [nil])
    }

    /// W = (P_rows B_rows) kron (P_columns B_columns), with B the resize and P the pooling of one axis.
    private static func matrix(
        _ mode: InterpolationMode, grid: SIMD2<Int>, side: Int, in context: Context
    ) throws -> Tensor {
        let rows = pooledResize(mode, from: grid.x, side: side)
        let columns = pooledResize(mode, from: grid.y, side: side)
        var values: [Double] = []
        values.reserveCapacity(grid.x * grid.y * grid.x * grid.y)
        for outRow in 0..<grid.x {
            for outColumn in 0..<grid.y {
                for inRow in 0..<grid.x {
                    for inColumn in 0..<grid.y {
                        values.append(rows[outRow][inRow] * columns[outColumn][inColumn])
                    }
                }
            }
        }
        let tokens = grid.x * grid.y
        return try context.tensor(values, [tokens, tokens])
    }

    /// One axis as a dense matrix [length, length].
    private static func pooledResize(
        _ mode: InterpolationMode, from length: Int, side: Int
    ) -> [[Double]] {
        let resize = resampling(mode, from: length, to: side)
        let pool = AxisResampling.area(from: side, to: length)
        return (0..<length).map { output in
            var row = [Double](repeating: 0, count: length)
            for (tap, weight) in pool.weights[output].enumerated() {
                let middle = pool.starts[output] + tap
                for (inner, value) in resize.weights[middle].enumerated() {
                    row[resize.starts[middle] + inner] += weight * value
                }
            }
            return row
        }
    }

    /// The operator that `Tensor.interpolate` applies to one axis.
    private static func resampling(
        _ mode: InterpolationMode, from input: Int, to output: Int
    ) -> AxisResampling {
        switch mode {
        case .nearest: .nearest(from: input, to: output)
        case .bilinear: .bilinear(from: input, to: output)
        case .bicubic: .bicubic(from: input, to: output)
        case .area: .area(from: input, to: output)
        }
    }
}
