import HireArray
import HireTensor

/// Stochastic gradient descent with momentum: `torch.optim.SGD`, dampening 0, coupled weight decay.
public final class SGD: Optimizer {
    /// The parameters with their learning rates.
    public var groups: [ParameterGroup]
    /// The share of the former direction; 0 for none.
    public let momentum: Double
    /// Whether to look ahead along the momentum.
    public let nesterov: Bool
    private var moments: OptimizerMoments

    /// An optimiser at step 0.
    ///
    /// - Throws: `OptimizationError` for an empty group or a parameter that comes twice.
    public init(groups: [ParameterGroup], momentum: Double = 0, nesterov: Bool = false) throws {
        try ParameterGroup.check(groups)
        self.groups = groups
        self.momentum = momentum
        self.nesterov = nesterov
        moments = OptimizerMoments(momentum == 0 ? [] : ["momentum_buffer"])
    }

    /// One step on every parameter that is not frozen and has a gradient.
    public func step(factor: Double) throws {
        for group in groups {
            for parameter in group.parameters where !parameter.isFrozen {
                guard let gradient = parameter.gradient else { continue }
                let (_, arrays) = try moments.next(parameter)
                parameter.context.backend.sgd(
                    try parameter.mutableArray(), gradient: gradient.array,
                    momentumBuffer: arrays.first, learningRate: group.learningRate * factor,
                    momentum: momentum, weightDecay: group.weightDecay, nesterov: nesterov,
                    gradientScale: 1)
            }
        }
    }

    /// `<path>.step`, and `<path>.momentum_buffer` with momentum, of every parameter that was stepped.
    public func stateDict() throws -> StateDict {
        try moments.stateDict(groups.flatMap(\.parameters))
    }

    /// Goes back to a saved state.
    public func load(_ state: StateDict) throws {
        try moments.load(state, groups.flatMap(\.parameters))
    }
}
