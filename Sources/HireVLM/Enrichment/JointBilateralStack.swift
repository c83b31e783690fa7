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
        hasFixup: Bool = true, in context: Context
    ) throws {
        var made: [JointBilateralStage] = []
        for (index, channels) in guidanceChannels.enumerated() {
            made.append(
                scope.child(
                    "\(index)",
                    try JointBilateralStage(
                        guidanceChannels: channels, keySize: keySize, radius: radius,
                        dropout: dropout, hasFixup: hasFixup, in: context)))
        }
        stages = made
    }

    /// Each stage's kernels: [N, taps, H_k, W_k].
    ///
    /// - Parameter guidance: one map per stage, coarse to fine.
    public func kernels(_ guidance: [Tensor]) throws -> [Tensor] {
        try stages.kernels(guidance)
    }

    /// W(I): [N, pooled tokens, source tokens].
    public func pooledOperator(
        _ kernels: [Tensor], source: SIMD2<Int>, pooled: SIMD2<Int>
    ) throws -> Tensor {
        try stages.pooledOperator(kernels, source: source, pooled: pooled)
    }

    /// The stack under given kernels as an operator that makes any region of the map behind the last stage.
    public func pushedOperator(_ kernels: [Tensor], source: SIMD2<Int>) -> PushedOperator {
        stages.pushedOperator(kernels, source: source)
    }

    /// The map that comes out of the last stage: [N, C, H, W]; C x H x W numbers per image, so mind the memory.
    public func highResolution(_ base: FeatureMap, _ kernels: [Tensor]) throws -> FeatureMap {
        try stages.highResolution(base, kernels)
    }
}
