import HireVLM

/// What a study does beside training its variants.
public struct StudyOptions {
    /// Combinations of values and seeds at which every variant is run.
    ///
    /// A seed keys initialisation, and data order, draws and dropout of training unless that has a seed of its own.
    public var grid = StudyGrid()
    /// What every variant is asked.
    public var evaluation = EvaluationOptions()
    /// Globs of what is captured after training; a variant that lacks a point simply does not have it.
    public var record: [String] = []
    /// Pictures whose features are captured, the first of those asked about.
    public var recordImages = 16

    /// The defaults: every variant once, with seed 1.
    public init() { grid.seeds = [1] }
}
