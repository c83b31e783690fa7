import HireFiles

/// One line of a journal.
///
///     seq       counts the lines of one process, from 1
///     item      the item's id
///     label     the item's label, for people
///     state     "started", "done", "failed", "stopped", "forgotten"
///     attempt   1 for the first time anyone began it
///     utc       ISO 8601
///     host, pid who wrote it
///     done      metrics, measured, files {name: {sha256, bytes}}
///     failed    error (a sentence), kind (as scripts see it)
///     crc32     of the line without it; closes the line
public struct JournalRecord: Sendable, Equatable {
    /// How far an item is.
    public enum State: String, Sendable, CaseIterable {
        /// Someone began it.
        case started
        /// Its files are on the disk and its result is known.
        case done
        /// It ended with an error.
        case failed
        /// A signal stopped it; it can go on.
        case stopped
        /// What was written about it up to this attempt, by whomever, counts no more.
        case forgotten
    }

    /// The records that count: those that were not forgotten, and what says so.
    static func standing(_ records: [JournalRecord]) -> [JournalRecord] {
        var limits: [String: Int] = [:]
        for record in records where record.state == .forgotten {
            limits[record.item] = max(limits[record.item] ?? 0, record.attempt)
        }
        if limits.isEmpty { return records }
        return records.filter {
            $0.state == .forgotten || $0.attempt > limits[$0.item] ?? 0
        }
    }

    /// A file of a finished item.
    public struct File: Sendable, Equatable {
        /// SHA-256 of its bytes, in hexadecimal.
        public var sha256: String
        /// Its size.
        public var bytes: Int

        /// A file from its parts.
        public init(sha256: String, bytes: Int) {
            self.sha256 = sha256
            self.bytes = bytes
        }
    }

    /// Counts the lines of one process, from 1.
    public var sequence: Int
    /// The item's id.
    public var item: String
    /// The item's label.
    public var label: String
    /// How far it is.
    public var state: State
    /// 1 for the first time anyone began it.
    public var attempt: Int
    /// When, ISO 8601 in UTC.
    public var utc: String
    /// The machine that did it.
    public var host: String
    /// The process that did it.
    public var process: Int
    /// What came out, when done.
    public var result: ItemResult?
    /// The files of the result with their digests, when done.
    public var files: [String: File]
    /// What went wrong, when failed.
    public var error: String?
    /// The kind of what went wrong, when failed.
    public var errorKind: String?

    /// A record from its parts.
    public init(
        sequence: Int, item: String, label: String, state: State, attempt: Int, utc: String,
        host: String, process: Int, result: ItemResult? = nil, files: [String: File] = [:],
        error: String? = nil, errorKind: String? = nil
    ) {
        self.sequence = sequence
        self.item = item
        self.label = label
        self.state = state
        self.attempt = attempt
        self.utc = utc
        self.host = host
        self.process = process
        self.result = result
        self.files = files
        self.error = error
        self.errorKind = errorKind
    }
}
