import Foundation
import HireArray
import HireFiles
import HireHDF5

/// Makes one HDF5 file out of all shards, so that a reader sees one dataset per hook.
///
/// Linked, every array is a virtual dataset over the shards, which stay where they are; texts, offsets and scales are copied.
/// Copied, the file stands alone up to 128 MiB; what is larger goes to finished files of up to 64 MiB each in a folder beside
/// it, joined by virtual datasets, since HDF5 files are built in memory and never on the disk. The file itself is
/// written last and whole.
public struct RunMerge {
    /// Whether numbers are copied.
    public enum Mode: String, Sendable, CaseIterable {
        case link
        case copy
    }

    private let sources: RunSources
    private let fileSystem: any FileSystem
    private let smallBytes: Int
    private let wholeBytes: Int
    private let partBytes: Int

    /// A merge of some sources.
    ///
    /// - Parameters:
    ///   - smallBytes: arrays of up to so many bytes are copied in either mode.
    ///   - wholeBytes: how many bytes of arrays a copy holds in one file.
    ///   - partBytes: how many bytes of arrays a file beside it holds, where there are more.
    public init(
        _ sources: RunSources, smallBytes: Int = 64 << 10, wholeBytes: Int = 128 << 20,
        partBytes: Int = 64 << 20,
        fileSystem: any FileSystem = SystemFileSystem()
    ) {
        self.sources = sources
        self.smallBytes = smallBytes
        self.wholeBytes = wholeBytes
        self.partBytes = partBytes
        self.fileSystem = fileSystem
    }

    /// Writes the file.
    ///
    /// - Parameter attributes: those of the root; nil takes those of the shards.
    /// - Returns: the files, the one to open first, and what was left out.
    /// - Throws: `FileError`, `HDF5Error`; the file then does not exist or is the old one.
    public func write(
        to path: String, _ mode: Mode, attributes: [(String, HDF5Value)]? = nil
    ) throws -> RunExport.Summary {
        let target = RunMerge.absolute(path)
        let shards = sources.recordings.flatMap(\.files)
        guard !shards.map(RunMerge.absolute).contains(target) else {
            throw FileError(
                .cannotCreate, path: path, problem: "the file is one of those that are merged")
        }
        let folder = FilePath.folder(of: target)
        try fileSystem.makeFolders(folder)
        var summary = RunExport.Summary(files: [path], datasets: [], notes: sources.notes)
        let parts = MergedParts(path, fileSystem)
        if mode == .copy { try parts.removeOld() }
        let file = try HDF5Shard(name: path)
        if let attributes { try file.setAttributes(attributes) } else { try addRoot(file) }
        let total = sources.recordings.flatMap(\.datasets).map(\.byteCount).reduce(0, +)
        for recording in sources.recordings {
            let ordered =
                recording.datasets.filter { $0.scale != nil }
                + recording.datasets.filter { $0.scale == nil }
            for dataset in ordered {
                let place = recording.prefix + dataset.path
                let axes = try axes(of: dataset, recording, file)
                switch dataset.content {
                case .array(let dtype) where dataset.byteCount > smallBytes && dataset.scale == nil:
                    if mode == .copy, total <= wholeBytes {
                        try copy(dataset, recording, dtype, place, axes, file)
                    } else {
                        let pieces =
                            mode == .link
                            ? links(dataset, recording, folder)
                            : try write(dataset, recording, dtype, parts, &summary)
                        try file.join(
                            place, shape: dataset.shape, dtype: dtype, from: pieces, axes: axes)
                    }
                default: try copySmall(dataset, recording, place, axes, file)
                }
                try file.setAttributes(dataset.attributes, on: place)
                summary.datasets.append(place)
            }
        }
        try addGroups(file)
        if mode == .link {
            for (number, shard) in shards.enumerated() {
                try file.link(
                    "/shards/\(number + 1)", toFile: RunMerge.relative(shard, to: folder),
                    object: "/")
            }
        }
        try file.setAttribute("complete", 1)
        try file.write(to: path, with: AtomicWriter(fileSystem: fileSystem))
        return summary
    }

    /// Root attributes: those of the one recording; with several, each has its own group.
    private func addRoot(_ file: HDF5Shard) throws {
        if sources.recordings.count == 1 {
            try file.setAttributes(sources.recordings[0].attributes.filter { $0.0 != "complete" })
            return
        }
        for case (let name, let value) in sources.recordings.first?.attributes ?? []
        where name == "schema" || name == "schema_version" {
            try file.setAttribute(name, value)
        }
        for recording in sources.recordings {
            try file.makeGroup(recording.prefix)
            try file.setAttributes(
                recording.attributes.filter { $0.0 != "complete" }, on: recording.prefix)
        }
    }

    /// Attributes of groups whose datasets are there.
    private func addGroups(_ file: HDF5Shard) throws {
        for recording in sources.recordings {
            for (path, attributes) in recording.groups
            where recording.datasets.contains(where: { $0.path.hasPrefix(path + "/") }) {
                try file.setAttributes(attributes, on: recording.prefix + path)
            }
        }
    }

    /// The axes with their scales where the merged file has them; bare dimensions of ragged data are counted anew.
    private func axes(of dataset: JoinedDataset, _ recording: JoinedShards, _ file: HDF5Shard)
        throws
        -> [HDF5Axis]
    {
        try dataset.axes.enumerated().map { index, axis in
            guard let scale = axis.scale else { return axis }
            let place = recording.prefix + scale
            if recording.datasets.contains(where: { $0.path == scale && $0.scale != nil }) {
                return HDF5Axis(axis.label, scale: place)
            }
            guard scale.hasSuffix("/row") || scale.hasSuffix("/edge") else {
                return HDF5Axis(axis.label)
            }
            try file.write(
                integers: Array(0..<dataset.shape[index]), to: place,
                scale: FilePath.name(of: scale))
            return HDF5Axis(axis.label, scale: place)
        }
    }

    // MARK: One dataset

    private func copySmall(
        _ dataset: JoinedDataset, _ recording: JoinedShards, _ place: String, _ axes: [HDF5Axis],
        _ file: HDF5Shard
    ) throws {
        switch dataset.content {
        case .offsets:
            try file.write(
                integers: recording.offsets(of: dataset).map { Int($0) }, to: place, axes: axes,
                scale: dataset.scale)
        case .strings:
            guard dataset.shape.count == 1 else {
                var all: [String] = []
                try recording.forEachStrings(of: dataset) { all += $0 }
                try file.write(all, to: place)
                return
            }
            if dataset.shape == [0] { try file.write([], to: place) }
            try recording.forEachStrings(of: dataset) { try file.append($0, to: place) }
        case .array(let dtype):
            let storage = try Storage(
                byteCount: dataset.shape.reduce(dtype.byteSize, *), ledger: nil)
            var filled = 0
            try recording.forEachBlock(of: dataset) { _, block in
                guard let target = storage.pointer, let source = block.storage.pointer else {
                    return
                }
                (target + filled).copyMemory(from: source, byteCount: block.byteCount)
                filled += block.byteCount
            }
            try file.write(
                NDArray(storage: storage, dtype: dtype, shape: dataset.shape), to: place,
                axes: axes,
                scale: dataset.scale)
        }
    }

    private func copy(
        _ dataset: JoinedDataset, _ recording: JoinedShards, _ dtype: DType, _ place: String,
        _ axes: [HDF5Axis], _ file: HDF5Shard
    ) throws {
        try file.declare(
            place, shape: dataset.shape, dtype: dtype, chunk: chunk(dataset.shape, dtype),
            axes: axes)
        try recording.forEachBlock(of: dataset) { start, block in
            try file.fill(place, at: start, with: block)
        }
    }

    private func links(_ dataset: JoinedDataset, _ recording: JoinedShards, _ folder: String)
        -> [HDF5Shard.Piece]
    {
        var row = 0
        return dataset.parts.map { part in
            var shape = dataset.shape
            var start = [Int](repeating: 0, count: shape.count)
            if !shape.isEmpty {
                shape[0] = part.rows
                start[0] = row
            }
            row += part.rows
            return HDF5Shard.Piece(
                file: RunMerge.relative(recording.files[part.file], to: folder),
                object: part.object,
                shape: shape, start: start)
        }.filter { !$0.isEmpty }
    }

    /// Writes a dataset's rows to finished files beside the merged one, as many rows as fit in each.
    private func write(
        _ dataset: JoinedDataset, _ recording: JoinedShards, _ dtype: DType, _ parts: MergedParts,
        _ summary: inout RunExport.Summary
    ) throws -> [HDF5Shard.Piece] {
        let rowBytes = dataset.shape.dropFirst().reduce(dtype.byteSize, *)
        let step = max(1, partBytes / max(rowBytes, 1))
        var pieces: [HDF5Shard.Piece] = []
        var row = 0
        for part in dataset.parts {
            let reader = try HDF5Reader(inPlace: recording.files[part.file])
            for first in stride(from: 0, to: part.rows, by: step) {
                let rows = first..<min(first + step, part.rows)
                var shape = dataset.shape
                shape[0] = rows.count
                let file = try HDF5Shard(name: "part of \(dataset.path)")
                try file.declare("/values", shape: shape, dtype: dtype, chunk: chunk(shape, dtype))
                try reader.forEachBlock(of: part.object, rows: rows) { start, block in
                    var place = start
                    place[0] -= first
                    try file.fill("/values", at: place, with: block)
                }
                try file.setAttribute("complete", 1)
                let (name, path) = try parts.next()
                try file.write(to: path, with: AtomicWriter(fileSystem: fileSystem))
                summary.files.append(path)
                var start = [Int](repeating: 0, count: shape.count)
                start[0] = row + first
                pieces.append(
                    HDF5Shard.Piece(file: name, object: "/values", shape: shape, start: start))
            }
            row += part.rows
        }
        return pieces
    }

    private func chunk(_ shape: [Int], _ dtype: DType) -> [Int] {
        let wanted = HDF5Options().chunk(Array(shape.dropFirst()), elementSize: dtype.byteSize)
        return zip(wanted, shape).map { max(1, min($0, $1)) }
    }

    // MARK: Paths

    static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }

    /// A file's path as seen from a folder.
    static func relative(_ path: String, to folder: String) -> String {
        let file = absolute(path).split(separator: "/")
        let base = absolute(folder).split(separator: "/")
        let common = zip(file, base).prefix { $0 == $1 }.count
        let up = [Substring](repeating: "..", count: base.count - common)
        return (up + file.dropFirst(common)).joined(separator: "/")
    }
}

/// The folder beside a merged file: `merged.h5` has `merged.parts`.
private final class MergedParts {
    private let folder: String
    private let path: String
    private let fileSystem: any FileSystem
    private var count = 0

    init(_ path: String, _ fileSystem: any FileSystem) {
        self.path = path
        self.fileSystem = fileSystem
        let ending = FilePath.fileExtension(of: path)
        folder = (ending.isEmpty ? path : String(path.dropLast(ending.count + 1))) + ".parts"
    }

    /// The name of the next part as the merged file calls it, and its path.
    func next() throws -> (name: String, path: String) {
        count += 1
        try fileSystem.makeFolders(folder)
        return ("\(FilePath.name(of: folder))/\(count).h5", FilePath.join(folder, "\(count).h5"))
    }

    /// Removes an older merged file, which would show other numbers, and its parts.
    func removeOld() throws {
        if try fileSystem.exists(path) { try fileSystem.removeFile(path) }
        guard try fileSystem.exists(folder) else { return }
        // Only names that parts have: the folder may hold files of the user's.
        for name in try fileSystem.list(folder)
        where name.hasSuffix(".h5") && Int(name.dropLast(3)) != nil {
            try fileSystem.removeFile(FilePath.join(folder, name))
        }
    }
}
