import HireTensor
import HireVLM

/// An enricher whose upsampler is a stack of joint bilateral stages; subtypes differ in what guides the stages.
protocol JointBilateralEnricher: LinearUpsampler {
    var stages: JointBilateralStack { get }
    /// One guidance map per stage, coarse to fine.
    func guidance(_ input: EnricherInput) throws -> [Tensor]
}

extension JointBilateralEnricher {
    func pooledOperator(_ input: EnricherInput) throws -> Tensor {
        try stages.pooledOperator(
            stages.kernels(guidance(input)), source: input.base.grid, pooled: outputGrid)
    }

    func highResolution(_ input: EnricherInput) throws -> FeatureMap {
        try stages.highResolution(input.base, stages.kernels(guidance(input)))
    }

    func pushedOperator(_ input: EnricherInput) throws -> PushedOperator? {
        try stages.pushedOperator(stages.kernels(guidance(input)), source: input.base.grid)
    }
}
