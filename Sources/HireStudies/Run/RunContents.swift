import HireFiles

/// A run's folder as it was at one moment: what has to be done, and how far it is.
public struct RunContents: Sendable {
    /// Where it is.
    public let folder: RunFolder
    /// What has to be done.
    public let manifest: RunManifest
    /// What all processes have written down.
    public let journal: RunJournal
    /// Every item of the manifest, in its order.
    public let items: [ItemStatus]
    /// Finished items that the manifest no longer names: labels and ids, in the order of the journal. Their files are kept.
    public let dropped: [(label: String, id: String)]

    /// Reads a folder that holds a manifest.
    init(_ folder: RunFolder, _ manifest: RunManifest) throws {
        self.folder = folder
        self.manifest = manifest
        let journal = try folder.journal()
        self.journal = journal
        let byItem = Dictionary(grouping: journal.records, by: \.item)
        items = try manifest.items.map { try folder.status(of: $0, in: byItem[$0.id] ?? []) }
        var seen = Set(manifest.items.map(\.id))
        dropped = journal.records.filter { $0.state == .done && seen.insert($0.item).inserted }
            .map { ($0.label, $0.item) }
    }

    /// The item of a label or an id.
    ///
    /// - Throws: `StudyError.unknownItem` with the nearest labels.
    public func item(_ name: String) throws -> ItemStatus {
        guard let found = items.first(where: { $0.item.label == name || $0.item.id == name }) else {
            throw StudyError.unknownItem(
                suggestion: NearestNames.sentence(
                    kind: "item", name: name, among: items.map(\.item.label)))
        }
        return found
    }

    /// Files beneath `items/` that no `done` record names and no unfinished item goes on from, sorted: what killed processes left.
    public func orphans() throws -> [String] {
        var named: Set<String> = []
        for record in journal.records where record.state == .done {
            named.formUnion(record.files.keys)
        }
        for status in items where status.state != .done {
            named.insert("\(status.item.folder)/\(RunFolder.checkpointName)")
        }
        return try folder.files(beneath: "items").filter { !named.contains($0) }
    }
}
