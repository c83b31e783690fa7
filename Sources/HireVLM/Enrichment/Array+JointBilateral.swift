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

    /// The stages under given kernels as an operator that makes any region of the map behind the last one.
    public func pushedOperator(_ kernels: [Tensor], source: SIMD2<Int>) -> PushedOperator {
        PushedOperator(
            source: source, grids: kernels.map { SIMD2($0.shape[2], $0.shape[3]) },
            radii: map(\.radius), kernels: kernels)
    }

    /// The map that comes out of the last stage: [N, C, H, W]; C x H x W numbers per image, so mind the memory.
    public func highResolution(_ base: FeatureMap, _ kernels: [Tensor]) throws -> FeatureMap {
        try FeatureMap(map: pushedOperator(kernels, source: base.grid)(base.map()))
    }
}
