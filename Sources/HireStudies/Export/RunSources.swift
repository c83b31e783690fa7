import HireFiles
import HireHDF5

/// Where features that are exported or merged come from: one HDF5 file, or the finished items of a run.
public struct RunSources {
    /// The recordings; the one of a capture study has all its items' shards.
    let recordings: [JoinedShards]
    /// What could not be put together, as sentences.
    public var notes: [String] { recordings.flatMap(\.notes) }

    /// An HDF5 file of any origin, which another process reads first.
    ///
    /// - Parameter isTrusted: opens it at once.
    /// - Throws: `FileError` as `HDF5Quarantine.open`.
    public init(file path: String, isTrusted: Bool = false) throws {
        _ = try HDF5Quarantine.open(path, isTrusted: isTrusted)
        recordings = [try JoinedShards([path])]
    }

    /// Shards of one recording, in order, that were just written or compared with their SHA-256.
    ///
    /// - Parameter keeping: which paths are of interest.
    init(shards: [String], keeping: (String) -> Bool) throws {
        recordings = [try JoinedShards(shards, keeping: keeping)]
    }

    /// The shards of a run's finished items, each compared with its SHA-256 before it is opened.
    ///
    /// - Parameter only: globs over labels, or `key=glob` over id, seed, variant and axes; empty means all.
    /// - Parameter mayBeEmpty: whether a run without shards gives no datasets instead of an error.
    /// - Throws: `TableError` for a selection that fits nothing; `FileError` where there are no shards.
    public init(_ contents: RunContents, only: [String] = [], mayBeEmpty: Bool = false) throws {
        let chosen = try contents.selected(only)
        var shards: [(item: StudyItem, files: [String])] = []
        for status in chosen {
            guard status.state == .done, let record = status.record else { continue }
            let files = try contents.folder.verifiedShards(record)
            if !files.isEmpty { shards.append((status.item, files.map(contents.folder.location))) }
        }
        if shards.isEmpty, mayBeEmpty {
            recordings = []
            return
        }
        guard !shards.isEmpty else {
            throw FileError(
                .missingInput, path: contents.folder.path,
                problem: "there are no captured features",
                got: "\(chosen.count { $0.state == .done }) finished items without HDF5 files")
        }
        if contents.manifest.kind == "capture" || shards.count == 1 && contents.items.count == 1 {
            recordings = [try JoinedShards(shards.flatMap(\.files))]
            return
        }
        var taken: Set<String> = []
        recordings = try shards.map { item, files in
            var name = String(FilePath.name(of: item.folder).dropLast(item.id.count + 1))
            if !taken.insert(name).inserted { name += ".\(item.id)" }
            return try JoinedShards(files, prefix: "/items/\(name)")
        }
    }
}

extension RunContents {
    /// The items that are meant by some patterns as `--only` of `hire run` has them; all without patterns.
    ///
    /// - Throws: `TableError` for a pattern that selects nothing, with the nearest labels.
    func selected(_ patterns: [String]) throws -> [ItemStatus] {
        do {
            let chosen = try ItemSelection(patterns: patterns).select(from: items.map(\.item))
            let ids = Set(chosen.map(\.id))
            return items.filter { ids.contains($0.item.id) }
        } catch StudyError.nothingSelected(let sentence) {
            throw TableError(sentence.replacing("--only", with: "--item"))
        }
    }
}
