/// What a plugin provides.
public enum PluginKind: String, Sendable, CaseIterable, Codable {
    case encoder, enricher, projector, languageModel, tokenizer, task

    /// The word that messages and tables use.
    public var noun: String {
        switch self {
        case .languageModel: "language model"
        default: rawValue
        }
    }
}
