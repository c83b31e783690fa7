import HireArray

/// What can go wrong when parameters are optimised; prints as one full sentence.
public enum OptimizationError: Error, Equatable, CustomStringConvertible {
    /// A group without parameters.
    case emptyGroup(name: String)
    /// A parameter in two groups, or twice in one.
    case duplicate(path: String, groups: [String])
    /// A gradient norm that is infinite or not a number.
    case notFinite(norm: Double, path: String)
    /// A saved state that belongs to other parameters.
    case state(name: String, problem: String)

    /// The full sentence.
    public var description: String {
        switch self {
        case .emptyGroup(let name):
            "The parameter group '\(name)' holds no parameters."
        case .duplicate(let path, let groups):
            "The parameter '\(path)' stands twice in the groups "
                + groups.map { "'\($0)'" }.joined(separator: " and ")
                + "; it would be stepped twice."
        case .notFinite(let norm, let path):
            "The gradient norm is \(norm); the first gradient that is not finite is that of '\(path)'."
        case .state(let name, let problem):
            "The optimiser state '\(name)' cannot be restored: \(problem)."
        }
    }
}
