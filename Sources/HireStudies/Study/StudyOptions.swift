import HireVLM

/// What a study does beside training its variants.
public struct StudyOptions {
    /// Keys initialisation; training and evaluation carry seeds of their own.
    public var seed = 1
    /// What every variant is asked.
    public var evaluation = EvaluationOptions()
    /// Globs of what is captured after training; a variant that lacks a point simply does not have it.
    public var record: [String] = []
    /// Pictures whose features are captured, the first of those asked about.
    public var recordImages = 16
    /// Whether finished variants are done again.
    public var fresh = false

    /// The defaults.
    public init() {}
}
