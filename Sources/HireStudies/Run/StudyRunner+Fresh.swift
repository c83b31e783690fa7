import Foundation
import HireFiles
import HireVLM

extension StudyRunner {
    /// Makes items as if nobody had ever begun them: a record says so, and no journal of another process is touched.
    ///
    /// - Throws: `StudyError.inUse` while somebody works on one of them.
    func forget(_ items: [StudyItem], _ monitor: RunMonitor) throws {
        for item in items { try waitForSilence(item, monitor) }
        for item in items {
            let records = reader.byItem[item.id] ?? []
            let attempt = records.map(\.attempt).max() ?? 0
            if records.contains(where: { $0.state != .forgotten }) {
                try writer.append(record(.forgotten, item, attempt))
            }
            do {
                let checkpoint = folder.checkpoint(of: item)
                if try folder.fileSystem.exists(checkpoint) {
                    try folder.fileSystem.removeFile(checkpoint)
                }
            } catch let error as FileError where error.errorNumber == ENOENT {
                // Another process that begins afresh was faster.
            }
        }
    }

    /// Returns once nobody works on an item: there is no lease, or whoever has it is gone or silent for long.
    ///
    /// A lease says nothing of how long it was silent before anyone looked, so that of another machine has to be watched.
    private func waitForSilence(_ item: StudyItem, _ monitor: RunMonitor) throws {
        guard let first = try RunLease.holder(of: item.id, in: folder),
            !watch.isStale(first, of: item.id)
        else { return }
        let lease = folder.location("\(RunLease.folderName)/\(item.id).json")
        let error = StudyError.inUse(
            folder: folder.path, item: item.label, host: first.process.host,
            process: first.process.process, lease: lease)
        if first.process.isLocal { throw error }
        monitor.say(
            "Looking for up to \(Int(request.leaseStale)) seconds whether process \(first.process.process) on "
                + "\(first.process.host) still works on '\(item.label)' (\(lease)).")
        while true {
            try monitor.checkInterrupt()
            Thread.sleep(forTimeInterval: min(1, max(0.02, request.leaseStale / 20)))
            guard let now = try RunLease.holder(of: item.id, in: folder) else { return }
            if watch.isStale(now, of: item.id) { return }
            if now != first { throw error }
        }
    }

    /// Makes sure that the folder is this study's.
    ///
    /// - Throws: `StudyError.otherKind`; for a worker `.noStudy` and `.otherStudy`.
    func checkFolder(_ manifest: RunManifest, _ before: RunManifest?) throws {
        if let before {
            let known = Set(before.items.map(\.label))
            let isOtherScript =
                before.script != nil && manifest.script != nil
                && before.script?.path != manifest.script?.path
                && !manifest.items.contains { known.contains($0.label) }
            if before.kind != manifest.kind || isOtherScript {
                throw StudyError.otherKind(
                    folder: folder.path, kind: before.kind, script: before.script?.path,
                    here: manifest.kind)
            }
        }
        guard request.role == .worker, request.ranks == 1 else { return }
        guard let before else { throw StudyError.noStudy(folder: folder.path) }
        if !manifest.asksForTheSame(as: before) {
            throw StudyError.otherStudy(folder: folder.path)
        }
    }
}
