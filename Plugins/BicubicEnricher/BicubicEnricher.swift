import HireArray
import HireNN
import HireTensor
import HireVLM

/// x_en = bicubic(E(i) -> R x R); the output is [E(i), pool(x_en)].
///
/// Resize and pooling do not depend on the picture, so W is made once: a small matrix of tokens by tokens.
final class BicubicEnricher: LinearUpsampler {
    let scope = ModuleScope()
    let outputChannels: Int
    let outputGrid: SIMD2<Int>
    private let matrix: Tensor
    private let side: Int

    init(_ host: HostShape) throws {
        outputChannels = 2 * host.channels
        outputGrid = host.grid
        side = host.highResolution
        matrix = try Self.matrix(grid: host.grid, side: side, in: host.context)
    }

    func pooledOperator(_ input: EnricherInput) throws -> Tensor {
        let tokens = matrix.shape[0]
        return try matrix.expand([input.base.batch, tokens, tokens])
    }

    func highResolution(_ input: EnricherInput) throws -> FeatureMap {
        try input.base.resized(to: SIMD2(side, side))
    }

    func pushedOperator(_ input: EnricherInput) throws -> PushedOperator? {
        PushedOperator(
            source: input.base.grid, grids: [SIMD2(side, side)], radii: [0], kernels: [nil])
    }

    /// W = (P_rows B_rows) kron (P_columns B_columns), with B the resize and P the pooling of one axis.
    private static func matrix(
        grid: SIMD2<Int>, side: Int, in context: Context
    ) throws -> Tensor {
        let rows = pooledResize(from: grid.x, side: side)
        let columns = pooledResize(from: grid.y, side: side)
        var values: [Float] = []
        for outRow in 0..<grid.x {
            for outColumn in 0..<grid.y {
                for inRow in 0..<grid.x {
                    for inColumn in 0..<grid.y {
                        values.append(Float(rows[outRow][inRow] * columns[outColumn][inColumn]))
                    }
                }
            }
        }
        let tokens = grid.x * grid.y
        return try context.tensor(values, [tokens, tokens])
    }

    /// One axis as a dense matrix [length, length].
    private static func pooledResize(from length: Int, side: Int) -> [[Double]] {
        let resize = AxisResampling.bicubic(from: length, to: side)
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
}
