import HireFiles
import HireVLM

/// An item of a folder and one of the script that have one label and were made differently.
public struct ItemConflict: Sendable, Equatable {
    /// The label of both.
    public var label: String
    /// What differs, as "training.steps is 400 here and 800 there".
    public var differences: [String]
    /// The dotted keys that differ.
    public var keys: [String]
}

extension StudyRunner {
    /// Items whose label stands in the folder for something that was made differently and whose results would no longer be seen.
    func conflicts(_ items: [StudyItem], with before: RunManifest?) throws -> [ItemConflict] {
        guard let before else { return [] }
        let known = Dictionary(
            before.items.map { ($0.label, $0) }, uniquingKeysWith: { first, _ in first })
        var found: [ItemConflict] = []
        for item in items {
            guard let old = known[item.label], old.id != item.id,
                !hasResult(item.id), hasResult(old.id)
            else { continue }
            let changes = try item.configuration.changes(from: old.configuration)
                .filter { !isAccepted($0.key) }
            if changes.isEmpty { continue }
            found.append(
                ItemConflict(
                    label: item.label, differences: changes.map(\.text), keys: changes.map(\.key)))
        }
        return found
    }

    /// Whether anything would be lost with an item: a result, or progress.
    private func hasResult(_ id: String) -> Bool {
        reader.byItem[id]?.contains { $0.state == .done || $0.state == .stopped } ?? false
    }

    private func isAccepted(_ key: String) -> Bool {
        request.acceptedChanges.contains { key == $0 || key.hasPrefix($0 + ".") }
    }

    /// Makes sure that what is expected of the items fits on the disk.
    ///
    /// - Throws: `FileError` with the bytes needed and free, and the path.
    func checkRoom(_ plan: any StudyPlan, _ selected: [StudyItem], _ statuses: [ItemStatus]) throws
    {
        let finished = Set(statuses.filter { $0.state == .done }.map(\.item.id))
        var needed = 0
        for item in selected where !finished.contains(item.id) {
            needed += try plan.estimate(item).bytes ?? 0
        }
        if needed == 0 { return }
        let free = try freeBytes()
        guard needed > free else { return }
        throw FileError(
            .inputOutput, path: folder.path, problem: "the disk has no room for the run",
            expected: "\(grouped(needed)) bytes (\(bytes(needed)))",
            got: "\(grouped(free)) bytes (\(bytes(free))) that are free")
    }

    /// Bytes that are free where the folder is or will be.
    func freeBytes() throws -> Int {
        var path = folder.path
        while try !folder.fileSystem.exists(path), FilePath.folder(of: path) != path {
            path = FilePath.folder(of: path)
        }
        return try folder.fileSystem.freeBytes(path)
    }
}
