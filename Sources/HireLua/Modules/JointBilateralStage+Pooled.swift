import HireArray
import HireTensor
import HireVLM

extension JointBilateralStage {
    /// Features upsampled with one stage's kernels and averaged back onto their grid: W(I) * E(i).
    ///
    /// - Parameter kernel: [N, (2r+1)^2, H, W].
    func pooled(_ base: FeatureMap, _ kernel: Tensor) throws -> FeatureMap {
        let geometry = PooledOperatorGeometry(
            source: base.grid, stages: [SIMD2(kernel.shape[2], kernel.shape[3])], radii: [radius],
            pooled: base.grid)
        return try base.applying(
            Tensor.pooledOperator(kernels: [kernel], geometry), onto: base.grid)
    }
}
