import HireArray
import HireTensor

/// Joint bilateral stages one behind the other, coarse to fine, whatever module holds them.
extension Array where Element == JointBilateralStage {
    /// Each stage's kernels: [N, taps, H_k, W_k].
    ///
    /// - Parameter guidance: one map per stage, coarse to fine.
    public func kernels(_ guidance: [Tensor]) throws -> [Tensor] {
        precondition(guidance.count == count, "Each stage needs a guidance map.")
        return try zip(self, guidance).map { stage, map in try stage(map) }
    }

    /// W(I): [N, pooled tokens, source tokens].
    public func pooledOperator(
        _ kernels: [Tensor], source: SIMD2<Int>, pooled: SIMD2<Int>
    ) throws -> Tensor {
        try Tensor.pooledOperator(
            kernels: kernels,
            PooledOperatorGeometry(
                source: source, stages: kernels.map { SIMD2($0.shape[2], $0.shape[3]) },
                radii: map(\.radius), pooled: pooled))
    }

    /// The map that comes out of the last stage: [N, C, H, W]; C x H x W numbers per image, so mind the memory.
    public func highResolution(_ base: FeatureMap, _ kernels: [Tensor]) throws -> FeatureMap {
        var map = try base.map()
        for (stage, kernel) in zip(self, kernels) {
            let grid = SIMD2(kernel.shape[2], kernel.shape[3])
            let r = stage.radius
            let resized = try map.interpolate(to: grid, mode: .bicubic)
            let padded = try resized.pad2d(r, r, r, r, mode: .reflect)
            map = try padded.adaptiveConv(kernel, radius: r)
        }
        return try FeatureMap(map: map)
    }
}
