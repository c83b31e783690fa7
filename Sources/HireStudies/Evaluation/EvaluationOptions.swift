import HireVLM

/// What an evaluation covers.
public struct EvaluationOptions: PluginConfiguration, Equatable {
    /// The split that is asked about.
    public var split = DataSplit.test
    /// Pictures that are asked about, drawn with `seed`; 0 means all.
    public var images = 0
    /// Pictures per batch.
    public var batch = 32
    /// Where an answer is cut off.
    public var maximumTokens = 8
    /// Keys the choice of pictures.
    public var seed = 1
    /// Answers without seeing: image tokens are zeros.
    public var blindfold = false

    enum CodingKeys: String, CodingKey {
        case split, images, batch
        case maximumTokens = "maximum_tokens"
        case seed, blindfold
    }

    /// The defaults.
    public init() {}

    /// Checks that values make sense.
    ///
    /// - Throws: `PluginError.configuration` naming the option.
    public func check() throws {
        for (key, value, least) in [
            ("images", images, 0), ("batch", batch, 1), ("maximum_tokens", maximumTokens, 1),
            ("seed", seed, 0),
        ] where value < least {
            throw PluginError.configuration(
                plugin: "evaluation", key: key, problem: "must be at least \(least), got \(value)")
        }
        // Answers to questions of a task are short; a model that never ends would fill the memory.
        guard maximumTokens <= 4096 else {
            throw PluginError.configuration(
                plugin: "evaluation", key: "maximum_tokens",
                problem: "must be at most 4096, got \(maximumTokens)")
        }
    }
}
