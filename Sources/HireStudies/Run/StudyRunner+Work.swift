import Foundation
import HireFiles
import HireVLM

extension StudyRunner {
    /// What became of an attempt at an item.
    private enum Attempt {
        /// It is finished now, by this process.
        case done
        /// It was found finished.
        case takenOver
        /// It failed, and the rest goes on.
        case failed(String)
        /// Somebody else works on it.
        case elsewhere
    }

    /// Does items until none is left; those that other processes have are looked at again.
    func work(
        _ plan: any StudyPlan, _ items: [StudyItem], _ outcome: inout RunOutcome,
        _ monitor: RunMonitor, beforeFirst: () throws -> Void
    ) throws {
        let begun = Dictionary(
            uniqueKeysWithValues: try statuses(items).map { ($0.item.id, $0.attempt) })
        let finished = Set(outcome.takenOver)
        var left = items.filter { !finished.contains($0.label) }
        if left.isEmpty { return }
        try beforeFirst()
        var hasSaidThatItWaits = false
        while true {
            var elsewhere: [StudyItem] = []
            var hasWorked = false
            for item in left {
                try monitor.checkInterrupt()
                switch try attempt(item, of: plan, begun: begun[item.id] ?? 0, monitor) {
                case .done:
                    outcome.done.append(item.label)
                    hasWorked = true
                case .takenOver: outcome.takenOver.append(item.label)
                case .failed(let error): outcome.failed.append((item.label, error))
                case .elsewhere: elsewhere.append(item)
                }
            }
            left = elsewhere
            if left.isEmpty || (request.role == .worker && !hasWorked) { return }
            if hasWorked { continue }
            if !hasSaidThatItWaits {
                monitor.say(
                    "Waiting for \(left.count == 1 ? "'\(left[0].label)', which" : "\(left.count) items, which") "
                        + "other processes work on.")
                hasSaidThatItWaits = true
            }
            Thread.sleep(forTimeInterval: min(1, max(0.02, request.leaseStale / 20)))
        }
    }

    private func attempt(
        _ item: StudyItem, of plan: any StudyPlan, begun: Int, _ monitor: RunMonitor
    ) throws -> Attempt {
        guard let lease = try lease(item) else {
            // It may just have been finished by whoever had it.
            return .elsewhere
        }
        let result: Attempt
        do {
            result = try attempt(item, of: plan, begun: begun, lease, monitor)
        } catch {
            try? lease.release()
            throw error
        }
        try lease.release()
        return result
    }

    private func attempt(
        _ item: StudyItem, of plan: any StudyPlan, begun: Int, _ lease: RunLease,
        _ monitor: RunMonitor
    ) throws -> Attempt {
        // Between the last look and the lease somebody may have finished it.
        try reader.look()
        let status = try status(of: item)
        if status.state == .done { return .takenOver }
        if request.keepsGoing, status.state == .failed, status.attempt > begun {
            return .failed(status.record?.error ?? "It failed in another process.")
        }
        let number = status.attempt + 1
        try clean(item)
        try writer.append(record(.started, item, number))
        let place = "\(item.attempts)\(lease.token).hire-tmp"
        do {
            let done = try perform(item, of: plan, number, in: place, lease, monitor)
            guard try lease.isHeld() else { throw LostLease() }
            try move(item, from: place)
            try writer.append(done)
        } catch {
            // What cannot be removed now is when the item is begun again.
            try? folder.remove(place)
            if !isRequestToStop(error, monitor), (try? lease.isHeld()) == false {
                monitor.say(
                    "\(item.label): another process took it over, because this one gave no sign of life for "
                        + "\(Int(request.leaseStale)) seconds; this result is not used.")
                return .elsewhere
            }
            return try fail(item, of: plan, number, error, monitor)
        }
        return .done
    }

    /// Does an item in a folder of this attempt's own: a process that is stopped for so long that another one takes the
    /// item over, and then goes on, cannot touch what that one wrote.
    private func perform(
        _ item: StudyItem, of plan: any StudyPlan, _ number: Int, in place: String,
        _ lease: RunLease, _ monitor: RunMonitor
    ) throws -> JournalRecord {
        let folder = self.folder.attempting(item, in: place)
        var watched = monitor
        watched.isLost = { lease.isLost }
        watched.checkInterrupt = {
            if lease.isLost { throw LostLease() }
            try monitor.checkInterrupt()
        }
        let clock = ContinuousClock()
        let start = clock.now
        var result = try plan.perform(item, in: folder, watched)
        if result.measured["seconds"] == nil {
            result.measured["seconds"] = .number(seconds(clock.now - start))
        }
        var done = record(.done, item, number)
        done.files = try folder.digests(of: result.files, known: result.digests)
        result.digests = [:]
        result.files = NaturalOrder.sorted(result.files)
        done.result = result
        return done
    }

    /// Gives the files of an attempt their place, all at once; fails if somebody else has put files there.
    private func move(_ item: StudyItem, from place: String) throws {
        let fileSystem = folder.fileSystem
        guard try fileSystem.linkStatus(folder.location(place)) != nil else { return }
        let checkpoint = folder.checkpoint(of: item)
        if try fileSystem.linkStatus(checkpoint) != nil { try fileSystem.removeFile(checkpoint) }
        let target = folder.location(item.folder)
        if try fileSystem.linkStatus(target) != nil { try fileSystem.removeFolder(target) }
        try fileSystem.rename(folder.location(place), to: target)
        try fileSystem.synchroniseFolder(FilePath.folder(of: target))
    }

    /// Writes down how an attempt ended without a result.
    ///
    /// - Throws: the error, unless the rest is to go on.
    private func fail(
        _ item: StudyItem, of plan: any StudyPlan, _ number: Int, _ error: any Error,
        _ monitor: RunMonitor
    ) throws -> Attempt {
        if isRequestToStop(error, monitor) {
            _ = try? writer.append(record(.stopped, item, number))
            throw error
        }
        var failed = record(.failed, item, number)
        failed.error = "\(error)"
        failed.errorKind = plan.kind(of: error)
        do {
            try writer.append(failed)
        } catch let second {
            // Where not even that can be written, nothing can go on.
            throw error is FileError ? error : second
        }
        guard request.keepsGoing else { throw error }
        monitor.say("\(item.label): failed; the others go on. \(error)")
        return .failed("\(error)")
    }

    /// Whether an error is, or comes from, a request to stop: it goes on being asked until the program ends.
    private func isRequestToStop(_ error: any Error, _ monitor: RunMonitor) -> Bool {
        error is ScriptInterruption || error is ScriptEnd || monitor.isAskedToStop
    }

    /// Removes what an earlier attempt left, but for the state that training goes on from.
    private func clean(_ item: StudyItem) throws {
        try folder.remove(item.folder, keeping: "\(item.folder)/\(RunFolder.checkpointName)")
        let above = FilePath.folder(of: item.folder)
        guard let status = try folder.fileSystem.status(folder.location(above)) else { return }
        guard status.kind == .folder else {
            throw FileError(
                .cannotCreate, path: folder.location(above),
                problem: "something else is in the way",
                expected: "a folder")
        }
        for name in try folder.fileSystem.list(folder.location(above))
        where "\(above)/\(name)".hasPrefix(item.attempts) {
            try folder.remove("\(above)/\(name)")
        }
    }

    func record(_ state: JournalRecord.State, _ item: StudyItem, _ attempt: Int)
        -> JournalRecord
    {
        JournalRecord(
            sequence: 1, item: item.id, label: item.label, state: state, attempt: attempt, utc: "",
            host: "", process: 0)
    }
}

/// Another process has the item now.
private struct LostLease: Error, CustomStringConvertible {
    let description = "Another process has taken the item over."
}
