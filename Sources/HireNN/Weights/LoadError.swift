/// Weights that do not fit a module under strict loading: nothing was changed, and it prints the whole table.
public struct LoadError: Error, CustomStringConvertible {
    /// What fits and what does not.
    public let report: LoadReport

    /// The report's sentence and table.
    public var description: String { report.description }
}
