/// What can go wrong when costs are counted.
public enum CostError: Error, CustomStringConvertible {
    /// An op without a rule in a convention.
    case noRule(op: String, path: String, convention: CostConvention)

    /// The sentence.
    public var description: String {
        switch self {
        case .noRule(let op, let path, let convention):
            "The convention '\(convention.rawValue)' has no cost rule for the op '\(op)'"
                + (path.isEmpty ? "" : " of \(path)")
                + "; add one to FvcoreRule, since an op without a rule would count as nothing."
        }
    }
}
