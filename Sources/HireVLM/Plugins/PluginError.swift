/// What can go wrong with plugins and their configurations; each case prints as full sentences.
public enum PluginError: Error, CustomStringConvertible {
    /// Two plugins with one id.
    case duplicate(kind: PluginKind, id: String, first: String, second: String)
    /// An id that nobody registered; the suggestion names the nearest ones.
    case unknown(suggestion: String)
    /// A configuration key that does not exist.
    case unknownKey(plugin: String, suggestion: String)
    /// A configuration value that does not fit.
    case configuration(plugin: String, key: String, problem: String)
    /// Stages that do not fit together.
    case assembly(String)

    /// The sentence.
    public var description: String {
        switch self {
        case .duplicate(let kind, let id, let first, let second):
            "Two plugins provide the \(kind.noun) '\(id)': \(first) and \(second). Rename one of them."
        case .unknown(let suggestion): suggestion
        case .unknownKey(let plugin, let suggestion): "Configuration of '\(plugin)': \(suggestion)"
        case .configuration(let plugin, let key, let problem):
            "Configuration of '\(plugin)': the value of '\(key)' \(problem)."
        case .assembly(let sentence): sentence
        }
    }
}
