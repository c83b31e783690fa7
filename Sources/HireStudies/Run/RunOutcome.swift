/// What a run of a study came to.
public struct RunOutcome: Sendable {
    /// Every item of the plan with how far it is now, in the order of tables.
    public var items: [ItemStatus]
    /// Labels of items that this process finished, in the order in which it did.
    public var done: [String] = []
    /// Labels of items that were found finished.
    public var takenOver: [String] = []
    /// Items that failed while the rest went on: label and the sentence.
    public var failed: [(label: String, error: String)] = []

    /// Labels of items that are not finished: not selected, failed, or in the hands of other processes.
    public var remaining: [String] { items.filter { $0.state != .done }.map(\.item.label) }
}
