import HireFiles
import HireHDF5

extension CaptureStudy {
    /// Writes `run.h5`: `/shards/<number>` stands for each file, and every array of `/act` is one over all samples, with the
    /// scales that say of which samples its rows are.
    ///
    /// The numbers stay in the files; the index opens them for its readers as long as they stand where they are.
    public func conclude(_ items: [ItemStatus], in folder: RunFolder) throws {
        let files = items.compactMap(\.result).flatMap(\.files)
        if files.isEmpty { return }
        let sources = try RunSources(shards: files.map(folder.location)) { path in
            path.hasPrefix("/act/") || path.hasPrefix("/basis/")
                || path.lastIndex(of: "/") == path.startIndex
        }
        _ = try RunMerge(sources, smallBytes: 0, fileSystem: folder.fileSystem).write(
            to: folder.file("run.h5"), .link,
            attributes: [
                ("schema", "hire-act-index"), ("schema_version", 1),
                ("origin", .string(source.origin)), ("files", .strings(files)),
            ])
    }
}
