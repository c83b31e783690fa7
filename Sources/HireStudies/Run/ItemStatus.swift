/// How far an item of a run is.
public struct ItemStatus: Sendable, Equatable {
    /// What the journal and the disk say together.
    public enum State: String, Sendable, CaseIterable {
        /// Nobody has begun it.
        case waiting
        /// Someone began it; whether they still work on it, their lease says.
        case started
        /// A signal stopped it; it can go on.
        case stopped
        /// It ended with an error.
        case failed
        /// Its result is known and its files are there.
        case done
        /// It was done, and its files are gone or changed since.
        case damaged
    }

    /// The item.
    public let item: StudyItem
    /// How far it is.
    public let state: State
    /// How often it was begun; 0 for never.
    public let attempt: Int
    /// The record that says so: that of the result when done or damaged, else the last one.
    public let record: JournalRecord?
    /// What is wrong with the files of a damaged item.
    public let problems: [RunFileProblem]

    /// The result of a finished item.
    public var result: ItemResult? { state == .done ? record?.result : nil }
}

extension RunFolder {
    /// How far an item is, by the records of a journal.
    ///
    /// An item is done if any of its `done` records has all its files; several such records are equal, and the first counts.
    ///
    /// - Parameter records: records of any items, in the order of the journal.
    public func status(
        of item: StudyItem, in records: [JournalRecord], check: Check = .sizes
    ) throws -> ItemStatus {
        let own = JournalRecord.standing(records.filter { $0.item == item.id })
        let attempt = own.map(\.attempt).max() ?? 0
        var damage: (record: JournalRecord, problems: [RunFileProblem])?
        for record in own where record.state == .done {
            let problems = try problems(record, check)
            if problems.isEmpty {
                return ItemStatus(
                    item: item, state: .done, attempt: attempt, record: record, problems: [])
            }
            if damage == nil { damage = (record, problems) }
        }
        // Attempts order what different processes wrote: each begins with a number above all that it has seen.
        let last = own.enumerated().max {
            ($0.element.attempt, $0.offset) < ($1.element.attempt, $1.offset)
        }?.element
        if let damage, last?.state == .done {
            return ItemStatus(
                item: item, state: .damaged, attempt: attempt, record: damage.record,
                problems: damage.problems)
        }
        let state: ItemStatus.State =
            switch last?.state {
            case .failed: .failed
            case .stopped: .stopped
            case .started: .started
            case .done, .forgotten, nil: .waiting
            }
        return ItemStatus(item: item, state: state, attempt: attempt, record: last, problems: [])
    }
}
