/// Changes parameters in the direction their gradients ask for.
public protocol Optimizer: AnyObject {
    /// The parameters with their learning rates; rates may be changed between steps.
    var groups: [ParameterGroup] { get set }

    /// One step on every parameter that is not frozen and has a gradient.
    ///
    /// - Parameter factor: the schedule's factor on every group's learning rate.
    /// - Throws: `ArrayError.memory`.
    func step(factor: Double) throws

    /// What has to be saved to go on bit by bit: moments and step counts by parameter path.
    func stateDict() throws -> StateDict

    /// Goes back to a saved state.
    ///
    /// - Throws: `OptimizationError.state` for names or shapes that do not belong to these parameters; nothing is
    ///   changed then.
    func load(_ state: StateDict) throws
}

extension Optimizer {
    /// One step at the groups' own learning rates.
    public func step() throws { try step(factor: 1) }

    /// Forgets the gradients of all parameters in the groups.
    public func zeroGradients() {
        for group in groups {
            for parameter in group.parameters { parameter.clearGradient() }
        }
    }
}
