import HireFiles
import HireHDF5

/// Where features that are exported or merged come from: one HDF5 file, or the finished items of a run.
public struct RunSources {
    /// The recordings; the one of a capture study has all its items' shards.
    let recordings: [JoinedShards]
    /// What could not be put together, as sentences.
    public var notes: [String] { recordings.flatMap(\.notes) }

    /// An HDF5 file of any origin.
    public init(file path: String) throws {
        guard let status = try SystemFileSystem().status(path), status.kind == .file else {
            throw FileError(.missingInput, path: path, problem: "there is no such file")
        }
        recordings = [try JoinedShards([path])]
    }

    /// The shards of a run's finished items, each compared with its SHA-256 before it is opened.
    ///
    /// - Parameter only: globs over labels or ids, or either in full; empty means all.
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
    /// The items that one of some globs over labels or ids selects; all without globs.
    ///
    /// - Throws: `TableError` for a glob that selects nothing, with the nearest labels.
    func selected(_ patterns: [String]) throws -> [ItemStatus] {
        if patterns.isEmpty { return items }
        var chosen: Set<String> = []
        for pattern in patterns {
            let glob = try? WordGlob(pattern)
            let found = items.filter { status in
                status.item.label == pattern || status.item.id == pattern
                    || glob.map { $0.matches(status.item.label) || $0.matches(status.item.id) } ?? false
            }
            guard !found.isEmpty else {
                throw TableError(
                    NearestNames.sentence(kind: "item", name: pattern, among: items.map(\.item.label)))
            }
            chosen.formUnion(found.map(\.item.id))
        }
        return items.filter { chosen.contains($0.item.id) }
    }
}

/// A glob over texts that hold dots and slashes like any other letter.
struct WordGlob {
    private let glob: Glob

    init(_ pattern: String) throws {
        glob = try Glob(WordGlob.plain(pattern))
    }

    func matches(_ text: String) -> Bool { glob.matches(WordGlob.plain(text)) }

    /// Dots part the segments of a glob; here they part nothing.
    private static func plain(_ text: String) -> String { text.replacing(".", with: "\u{1}") }
}
