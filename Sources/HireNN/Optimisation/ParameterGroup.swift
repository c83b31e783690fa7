/// Parameters that share a learning rate and weight decay.
public struct ParameterGroup {
    /// What messages and logs call the group.
    public let name: String
    /// The parameters; frozen ones are left alone.
    public let parameters: [Parameter]
    /// The learning rate before the schedule's factor.
    public var learningRate: Double
    /// Decoupled (AdamW) or coupled (SGD) weight decay.
    public var weightDecay: Double

    /// A group of given parameters.
    public init(
        name: String, parameters: [Parameter], learningRate: Double, weightDecay: Double = 0
    ) {
        self.name = name
        self.parameters = parameters
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }

    /// A group of the parameters that globs select; a pattern that names a module selects all beneath it.
    ///
    /// - Throws: `ModuleError` with the nearest names for a pattern that matches nothing; `GlobError`.
    public init(
        name: String, of module: some Module, patterns: [String], learningRate: Double,
        weightDecay: Double = 0
    ) throws {
        var seen = Set<ObjectIdentifier>()
        var parameters: [Parameter] = []
        for pattern in patterns {
            for (_, parameter) in try module.parameters(matching: pattern)
            where seen.insert(ObjectIdentifier(parameter)).inserted {
                parameters.append(parameter)
            }
        }
        self.init(
            name: name, parameters: parameters, learningRate: learningRate,
            weightDecay: weightDecay)
    }

    /// Checks that every group has parameters and no parameter comes twice.
    ///
    /// - Throws: `OptimizationError`.
    static func check(_ groups: [ParameterGroup]) throws {
        var owner: [ObjectIdentifier: String] = [:]
        for group in groups {
            if group.parameters.isEmpty { throw OptimizationError.emptyGroup(name: group.name) }
            for parameter in group.parameters {
                if let first = owner.updateValue(group.name, forKey: ObjectIdentifier(parameter)) {
                    throw OptimizationError.duplicate(
                        path: parameter.path, groups: [first, group.name])
                }
            }
        }
    }
}
