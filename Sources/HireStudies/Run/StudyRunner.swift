import HireFiles
import HireVLM

/// Runs the items of a plan that are not finished: the one way in which studies run.
///
/// The files of an item are on the disk before the journal says that it is done, and the journal is on the disk before its
/// lease is given back; so a process that is killed at any moment loses the item that it worked on and nothing else.
/// Several processes may run one plan in one folder: each takes items by lease.
public final class StudyRunner {
    /// Where results go.
    public internal(set) var folder: RunFolder
    /// What is asked of the study.
    public let request: StudyRequest
    /// What `study.json` says about the script; nil when there is none.
    public let script: RunManifest.ScriptIdentity?
    /// Called before the first item is begun, when the manifest is on the disk: the place for what else describes the run.
    public var beforeFirstItem: (RunManifest) throws -> Void = { _ in }

    let reader: JournalReader
    let writer: JournalWriter
    let watch: LeaseWatch
    private let process: ProcessIdentity
    /// `done` records whose files turned out to have other bytes.
    var refused: [JournalRecord] = []

    /// A runner; nothing is read or written yet.
    ///
    /// - Parameter process: who it is; another one only in tests.
    public init(
        _ folder: RunFolder, request: StudyRequest = StudyRequest(),
        script: RunManifest.ScriptIdentity? = nil, process: ProcessIdentity = .current
    ) {
        self.folder = folder
        self.request = request
        self.script = script
        self.process = process
        let journals = folder.location(RunJournal.folderName)
        reader = JournalReader(journals, fileSystem: folder.fileSystem)
        writer = JournalWriter(journals, fileSystem: folder.fileSystem, process: process)
        watch = LeaseWatch(stale: request.leaseStale)
    }

    /// Runs what is not finished.
    ///
    /// - Returns: what it came to; for a dry run, how things stand.
    /// - Throws: `StudyError.problems` with all that does not fit and `.conflicts` before anything is computed or
    ///   written; `FileError` if the disk has no room for what is expected; later whatever stops an item, and those
    ///   finished before stay finished.
    public func run(_ plan: any StudyPlan, _ monitor: RunMonitor = .silent) throws -> RunOutcome {
        try checkNames(plan.items)
        let problems = try plan.problems()
        if !problems.isEmpty { throw StudyError.problems(problems) }
        let selected = try ItemSelection(patterns: request.only).select(from: plan.items)
        let manifest = RunManifest(
            kind: plan.kind, script: script, description: plan.description, items: plan.items)
        let before = try folder.manifest()
        try checkFolder(manifest, before)
        try reader.look()
        let isFresh = request.fresh && request.role == .whole
        let chosen = Set(selected.map(\.label))
        // What is done afresh is in nobody's way; what was made before stays beside it.
        let conflicts = try conflicts(plan.items, with: before).filter {
            !isFresh || !chosen.contains($0.label)
        }
        if request.isDryRun {
            let statuses = try statuses(plan.items)
            try describe(plan, statuses, selected, conflicts, monitor)
            return RunOutcome(items: statuses)
        }
        if !conflicts.isEmpty { throw StudyError.conflicts(folder: folder.path, conflicts) }
        if isFresh {
            try forget(selected, monitor)
            try reader.look()
        }
        let statuses = try statuses(plan.items)
        try checkRoom(plan, selected, statuses)
        report(manifest, before, monitor)
        try write(manifest, unless: before)
        var outcome = RunOutcome(items: statuses)
        try takeOver(selected, statuses, &outcome, monitor)
        try work(plan, selected, &outcome, monitor) { try self.beforeFirstItem(manifest) }
        try reader.look()
        outcome.items = try self.statuses(plan.items)
        if request.role == .whole { try plan.conclude(outcome.items, in: folder) }
        return outcome
    }

    /// How far items are, by what was read last.
    func statuses(_ items: [StudyItem]) throws -> [ItemStatus] {
        try items.map { try status(of: $0) }
    }

    /// How far an item is, by what was read last; files that were found to have other bytes do not count.
    func status(of item: StudyItem, check: RunFolder.Check = .sizes) throws -> ItemStatus {
        let records = (reader.byItem[item.id] ?? []).filter { !refused.contains($0) }
        return try folder.status(of: item, in: records, check: check)
    }

    /// Takes an item's lease, or gives nil if somebody else has it.
    func lease(_ item: StudyItem) throws -> RunLease? {
        try RunLease.take(
            item.id, in: folder, watch: watch, beat: request.leaseBeat, process: process)
    }

    private func checkNames(_ items: [StudyItem]) throws {
        var labels: Set<String> = []
        var ids: [String: String] = [:]
        for item in items {
            guard labels.insert(item.label).inserted else {
                throw StudyError.duplicateVariant(item.label)
            }
            if let other = ids.updateValue(item.label, forKey: item.id) {
                throw StudyError.sameItem(other, item.label)
            }
        }
    }

    /// Says what is worth knowing about what was found.
    private func report(_ manifest: RunManifest, _ before: RunManifest?, _ monitor: RunMonitor) {
        for path in reader.torn {
            monitor.say("\(path): the last line was half-written and is left out.")
        }
        let known = Set(manifest.items.map(\.id))
        var dropped: [String] = []
        for record in reader.records where record.state == .done && !known.contains(record.item) {
            if !dropped.contains(record.label) { dropped.append(record.label) }
        }
        if before != nil, !dropped.isEmpty {
            monitor.say(
                "\(folder.path) also holds \(dropped.count == 1 ? "an item that is" : "\(dropped.count) items that are") "
                    + "not in the script: \(dropped.prefix(4).joined(separator: ", "))"
                    + "\(dropped.count > 4 ? ", …" : ""). Kept, and not shown in tables.")
        }
    }

    private func write(_ manifest: RunManifest, unless before: RunManifest?) throws {
        if let before, manifest.asksForTheSame(as: before) {
            // A worker has the options of whoever it works for; the script that was run last is the one that is stored.
            if script == nil || request.role == .worker { return }
            if try before.script == script && folder.holdsScript(of: before) { return }
        }
        let writer = AtomicWriter(fileSystem: folder.fileSystem)
        if let script = request.script {
            try writer.write(script.text, to: folder.file(RunFolder.scriptName))
        }
        try writer.write(manifest.text(), to: folder.file(RunManifest.fileName))
    }

    /// Takes over what is finished, after looking at every byte of it.
    private func takeOver(
        _ items: [StudyItem], _ statuses: [ItemStatus], _ outcome: inout RunOutcome,
        _ monitor: RunMonitor
    ) throws {
        let selected = Set(items.map(\.id))
        for status in statuses where selected.contains(status.item.id) {
            if status.state == .damaged, let problem = status.problems.first {
                say(status.item, problem, monitor)
            }
            guard status.state == .done else { continue }
            let checked = try self.status(of: status.item, check: .digests)
            if checked.state == .done {
                outcome.takenOver.append(status.item.label)
                monitor.say(
                    "\(status.item.label): finished before with this configuration, taken over.")
                let leftover = folder.checkpoint(of: status.item)
                let name = "\(status.item.folder)/\(RunFolder.checkpointName)"
                if checked.record?.files[name] == nil, try folder.fileSystem.exists(leftover) {
                    try? folder.fileSystem.removeFile(leftover)
                }
            } else {
                refused += (reader.byItem[status.item.id] ?? []).filter { $0.state == .done }
                if let problem = checked.problems.first { say(status.item, problem, monitor) }
            }
        }
    }

    private func say(_ item: StudyItem, _ problem: RunFileProblem, _ monitor: RunMonitor) {
        monitor.say("\(item.label): finished before, but \(problem); done again.")
    }
}
