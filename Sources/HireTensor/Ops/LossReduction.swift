/// How a loss per row becomes one number.
public enum LossReduction: String, Sendable, CaseIterable {
    /// The mean over rows that are not ignored.
    case mean
    /// The sum.
    case sum
    /// No reduction: one loss per row.
    case none
}
