import Foundation
import HireFiles

/// How far a run is, for people and programs.
public struct RunStatus {
    /// One item.
    public struct Item {
        /// How far it is, by journal and disk.
        public var status: ItemStatus
        /// Who works on it; nil for nobody.
        public var worker: RunWorker?
        /// Seconds that it took, or took until now where someone works on it.
        public var seconds: Double?

        /// "waiting", "running", "interrupted" (begun, and nobody holds it), "stopped", "failed", "done" or "damaged".
        public var word: String {
            if status.state != .done, worker != nil { return "running" }
            return status.state == .started ? "interrupted" : status.state.rawValue
        }
    }

    /// The run's folder.
    public var folder: String
    /// The kind of study.
    public var kind: String
    /// The items in the order of tables.
    public var items: [Item]
    /// Journals whose last line is half-written.
    public var torn: [String]
    /// Files that killed processes left.
    public var orphans: [String]
    /// Finished items that the script no longer names.
    public var dropped: [String]

    /// The state of a folder.
    ///
    /// - Parameter now: seconds since 1970.
    public init(_ contents: RunContents, now: Double = Date().timeIntervalSince1970) throws {
        folder = contents.folder.path
        kind = contents.manifest.kind
        torn = contents.journal.torn
        orphans = try contents.orphans()
        dropped = contents.dropped.map(\.label)
        let workers = try RunWorker.all(in: contents.folder, now: now)
        let records = Dictionary(grouping: contents.journal.records, by: \.item)
        items = contents.items.map { status in
            let worker = status.state == .done ? nil : workers[status.item.id]
            return Item(
                status: status, worker: worker,
                seconds: RunStatus.seconds(
                    status, records[status.item.id] ?? [], until: worker == nil ? nil : now))
        }
        // What a running item has written so far is no leftover.
        let running = items.filter { $0.worker != nil }.map(\.status.item).flatMap {
            [$0.folder + "/", $0.attempts]
        }
        orphans.removeAll { file in running.contains { file.hasPrefix($0) } }
    }

    /// How many items are in each state, in the order in which they are told.
    public var counts: [(word: String, count: Int)] {
        ["done", "running", "waiting", "interrupted", "stopped", "failed", "damaged"].compactMap {
            word in
            let count = items.count { $0.word == word }
            return count == 0 ? nil : (word, count)
        }
    }

    /// Seconds until everything is done if the rest takes what the finished items took, by those that work now (or by one);
    /// nil while nothing is finished.
    public var remaining: Double? {
        let known = items.filter { $0.word == "done" }.compactMap(\.seconds)
        let open = items.filter { $0.word != "done" }
        if open.isEmpty { return 0 }
        guard !known.isEmpty else { return nil }
        let usual = known.reduce(0, +) / Double(known.count)
        let left = open.map { item in
            item.worker == nil ? usual : max(usual - (item.seconds ?? 0), 0)
        }
        let hands = max(items.count { $0.worker != nil }, 1)
        return left.reduce(0, +) / Double(hands)
    }

    private static func seconds(
        _ status: ItemStatus, _ records: [JournalRecord], until now: Double?
    )
        -> Double?
    {
        guard let record = status.record else { return nil }
        // The same process wrote both lines.
        let began = records.last {
            $0.state == .started && $0.host == record.host && $0.process == record.process
                && $0.attempt == record.attempt
        }
        guard let start = began.flatMap({ moment($0.utc) }) else { return nil }
        if let now { return max(now - start, 0) }
        guard record.state != .started, let end = moment(record.utc) else { return nil }
        return max(end - start, 0)
    }

    /// Seconds since 1970 of a journal's time, with or without fractions of a second.
    static func moment(_ utc: String) -> Double? {
        let formatter = ISO8601DateFormatter()
        if let date = formatter.date(from: utc) { return date.timeIntervalSince1970 }
        formatter.formatOptions.insert(.withFractionalSeconds)
        return formatter.date(from: utc)?.timeIntervalSince1970
    }
}
