import HireFiles

/// A study as the runner sees it: a list of items and how one of them is done.
///
/// `AblationStudy` (train and evaluate variants), sweeps of Lua functions and captures over many pictures are plans; the journal,
/// leases, resuming, stopping and dry runs are the runner's and the same for all.
public protocol StudyPlan: AnyObject {
    /// What kind of study it is: "ablation", "sweep", "capture".
    var kind: String { get }
    /// What has to be done, in the order of tables.
    var items: [StudyItem] { get }
    /// How results are to be read: question types, where the data came from, units; stored in `study.json` for `hire table`.
    var description: JSONObject { get }
    /// What would stop the study later; empty when all is well.
    func problems() throws -> [StudyProblem]
    /// Does one item; its files stand in `item.folder` and are on the disk when this returns.
    ///
    /// - Throws: what stops it; a request to stop is passed on as it came, after whatever progress is worth it was saved.
    func perform(_ item: StudyItem, in folder: RunFolder, _ monitor: RunMonitor) throws
        -> ItemResult
    /// What an item is expected to take; seconds that are not known are taken from items that are done.
    func estimate(_ item: StudyItem) throws -> ItemEstimate
    /// Writes what stands above the items, such as an index of their files; called when the runner has nothing left to do.
    ///
    /// - Parameter items: every item with its result as the journal and the disk have it.
    func conclude(_ items: [ItemStatus], in folder: RunFolder) throws
    /// The kind of an error as scripts see it: "io", "config", …; written into the journal.
    func kind(of error: any Error) -> String
}

extension StudyPlan {
    /// Nothing is known of problems.
    public func problems() throws -> [StudyProblem] { [] }
    /// Nothing is known of time and bytes.
    public func estimate(_ item: StudyItem) throws -> ItemEstimate { ItemEstimate() }
    /// Nothing stands above the items.
    public func conclude(_ items: [ItemStatus], in folder: RunFolder) throws {}
    /// The kind that errors of files have, or "failure".
    public func kind(of error: any Error) -> String {
        switch (error as? FileError)?.category {
        case .badData: "data"
        case .missingInput: "missing"
        case .cannotCreate: "create"
        case .inputOutput: "io"
        case nil: "failure"
        }
    }
}
