/// What can stop a study before it starts; each case prints as full sentences.
public enum StudyError: Error, Equatable, CustomStringConvertible {
    /// The folder holds a variant of that name that was made differently.
    case otherConfiguration(folder: String, variant: String, differences: [String])
    /// Two variants of one name.
    case duplicateVariant(String)
    /// A variant that cannot be described.
    case variant(name: String, problem: String)
    /// A name that is not a variant of the study.
    case unknownVariant(suggestion: String)
    /// A name that is not an item of the run.
    case unknownItem(suggestion: String)

    /// What would stop the study later.
    case problems([StudyProblem])

    /// The full sentence.
    public var description: String {
        switch self {
        case .otherConfiguration(let folder, let variant, let differences):
            "\(folder) already holds results of '\(variant)' made with another configuration: "
                + differences.prefix(4).joined(separator: "; ")
                + (differences.count > 4 ? "; and \(differences.count - 4) more" : "")
                + ". Choose another folder (--out), or do it again with fresh = true (-- --fresh)."
        case .duplicateVariant(let name):
            "Two variants are called '\(name)'; give one of them another name."
        case .variant(let name, let problem): "Variant '\(name)': \(problem)"
        case .unknownVariant(let suggestion), .unknownItem(let suggestion): suggestion
        case .problems(let problems):
            "\(problems.count == 1 ? "1 problem was" : "\(problems.count) problems were") found before anything was "
                + "computed or written:"
                + problems.enumerated().map { "\n  \($0 + 1). \($1)" }.joined()
        }
    }
}
