/// A scripted call that was made wrongly: which function, which argument, what was expected and got.
public enum ScriptError: Error, CustomStringConvertible {
    /// An argument of the wrong type or value.
    case argument(function: String, name: String, expected: String, got: String)
    /// An option that does not exist.
    case unknownOption(function: String, name: String, suggestion: String)
    /// Anything else, as a full sentence.
    case message(String)

    /// One full sentence.
    public var description: String {
        switch self {
        case .argument(let function, let name, let expected, let got):
            "\(function): argument '\(name)' must be \(expected), got \(got)."
        case .unknownOption(let function, let name, let suggestion):
            "\(function): unknown option '\(name)'. \(suggestion)"
        case .message(let text): text
        }
    }
}
