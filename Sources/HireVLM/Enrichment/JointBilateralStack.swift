import HireArray
import HireNN
import HireTensor

/// Several joint bilateral stages, coarse to fine: J of the paper.
///
/// Everything it does to features is linear in them, so it offers the *pulled* form (one matrix per picture) beside the
/// *pushed* one (the high-resolution map).
public final class JointBilateralStack: Module {
    /// The stages by number.
    public let scope = ModuleScope()
    /// The stages, coarse to fine.
    public let stages: [JointBilateralStage]

    /// Stages for guidance maps of the given widths, coarse to fine.
    public init(
        guidanceChannels: [Int], keySize: Int = 32, radius: Int = 3, dropout: Double = 0.1,
        in context: Context
    ) throws {
        var made: [JointBilateralStage] = []
        for (index, channels) in guidanceChannels.enumerated() {
            made.append(
                scope.child(
                    "\(index)",
                    try JointBilateralStage(
                        guidanceChannels: channels, keySize: keySize, radius: radius,
                        dropout: dropout, in: context)))
        }
        stages = made
    }

    /// Each stage's kernels: [N, taps, H_k, W_k].
    ///
    /// - Parameter guidance: one map per stage, coarse to fine.
    public func kernels(_ guidance: [Tensor]) throws -> [Tensor] {
        precondition(guidance.count == stages.count, "Each stage needs a guidance map.")
        return try zip(stages, guidance).map { stage, map in try stage(map) }
    }

    /// W(I): [N, pooled tokens, source tokens].
    public func pooledOperator(
        _ kernels: [Tensor], source: SIMD2<Int>, pooled: SIMD2<Int>
    ) throws -> Tensor {
        try Tensor.pooledOperator(
            kernels: kernels,
            PooledOperatorGeometry(
                source: source, stages: kernels.map { SIMD2($0.shape[2], $0.shape[3]) },
                radii: stages.map(\.radius), pooled: pooled))
    }

    /// The map that comes out of the last stage: [N, C, H, W]; C x H x W numbers per image, so mind the memory.
    public func highResolution(_ base: FeatureMap, _ kernels: [Tensor]) throws -> FeatureMap {
        var map = try base.map()
        for (stage, kernel) in zip(stages, kernels) {
            let grid = SIMD2(kernel.shape[2], kernel.shape[3])
            let r = stage.radius
            let resized = try map.interpolate(to: grid, mode: .bicubic)
            let padded = try resized.pad2d(r, r, r, r, mode: .reflect)
            map = try padded.adaptiveConv(kernel, radius: r)
        }
        return try FeatureMap(map: map)
    }
}
