import HireArray
import HireTensor

/// Adam with decoupled weight decay: `torch.optim.AdamW`, step for step.
public final class AdamW: Optimizer {
    /// The parameters with their learning rates.
    public var groups: [ParameterGroup]
    /// Decay of the first and second moment.
    public let betas: (Double, Double)
    /// Added to the root of the second moment.
    public let epsilon: Double
    private var moments = OptimizerMoments(["exp_avg", "exp_avg_sq"])

    /// An optimiser at step 0.
    ///
    /// - Throws: `OptimizationError` for an empty group or a parameter that comes twice.
    public init(
        groups: [ParameterGroup], betas: (Double, Double) = (0.9, 0.999), epsilon: Double = 1e-8
    ) throws {
        try ParameterGroup.check(groups)
        self.groups = groups
        self.betas = betas
        self.epsilon = epsilon
    }

    /// One step on every parameter that is not frozen and has a gradient.
    public func step(factor: Double) throws {
        for group in groups {
            for parameter in group.parameters where !parameter.isFrozen {
                guard let gradient = parameter.gradient else { continue }
                let (step, arrays) = try moments.next(parameter)
                parameter.context.backend.adamW(
                    try parameter.mutableArray(), gradient: gradient.array,
                    firstMoment: arrays[0], secondMoment: arrays[1],
                    AdamWKernel(
                        learningRate: group.learningRate * factor, beta1: betas.0, beta2: betas.1,
                        epsilon: epsilon, weightDecay: group.weightDecay, step: step))
            }
        }
    }

    /// `<path>.step`, `<path>.exp_avg` and `<path>.exp_avg_sq` of every parameter that was stepped.
    public func stateDict() throws -> StateDict {
        try moments.stateDict(groups.flatMap(\.parameters))
    }

    /// Goes back to a saved state.
    public func load(_ state: StateDict) throws {
        try moments.load(state, groups.flatMap(\.parameters))
    }
}
