import HireArray
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
        try stages.pooledOperator(kernels(input), source: input.base.grid, pooled: outputGrid)
    }

    func highResolution(_ input: EnricherInput) throws -> FeatureMap {
        try stages.highResolution(input.base, kernels(input))
    }

    /// The stages' kernels, once it is sure that the first stage does not shrink the features.
    private func kernels(_ input: EnricherInput) throws -> [Tensor] {
        let maps = try guidance(input)
        let source = input.base.grid
        if let first = maps.first, first.shape[2] < source.x || first.shape[3] < source.y {
            let high = input.image.high.shape
            throw ArrayError.shape(
                operation: "joint bilateral upsampling",
                expected:
                    "guidance of at least \(source.x)x\(source.y), the features' grid",
                got: "\(first.shape[2])x\(first.shape[3]) from a high view of \(high[2])x\(high[3])"
            )
        }
        return try stages.kernels(maps)
    }

    func pushedOperator(_ input: EnricherInput) throws -> PushedOperator? {
        try stages.pushedOperator(kernels(input), source: input.base.grid)
    }
}
