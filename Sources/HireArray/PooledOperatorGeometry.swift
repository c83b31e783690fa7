/// The grids through which a stack of upsampling stages carries features, and the grid they are pooled to.
///
/// A stage resizes bicubically onto its grid, reflect-pads, and applies a per-pixel kernel of (2r+1) x (2r+1) taps.
/// All of it is linear in the features, so pooling after the last stage gives tokens = W * features with a
/// matrix W (output tokens x source tokens) that depends on the kernels only.
public struct PooledOperatorGeometry: Sendable, Equatable {
    /// Rows and columns of the features that go in.
    public let source: SIMD2<Int>
    /// Rows and columns of each stage's grid, coarse to fine.
    public let stages: [SIMD2<Int>]
    /// Reach of each stage's kernel.
    public let radii: [Int]
    /// Rows and columns that the last stage is average-pooled to (`adaptive_avg_pool2d`).
    public let pooled: SIMD2<Int>

    /// A geometry with one radius per stage.
    public init(source: SIMD2<Int>, stages: [SIMD2<Int>], radii: [Int], pooled: SIMD2<Int>) {
        precondition(stages.count == radii.count, "Each stage needs a grid and a radius.")
        self.source = source
        self.stages = stages
        self.radii = radii
        self.pooled = pooled
    }

    /// The bicubic resize in front of a stage: (rows, columns).
    public func resize(before stage: Int) -> (rows: AxisResampling, columns: AxisResampling) {
        let from = stage == 0 ? source : stages[stage - 1]
        return (
            .bicubic(from: from.x, to: stages[stage].x), .bicubic(from: from.y, to: stages[stage].y)
        )
    }

    /// The pooling behind the last stage: (rows, columns).
    public var pooling: (rows: AxisResampling, columns: AxisResampling) {
        let from = stages.last ?? source
        return (.area(from: from.x, to: pooled.x), .area(from: from.y, to: pooled.y))
    }
}
