import HireArray
import HireFiles
import HireHDF5
import HireNN

/// Writes captured features in formats that other programs read, at flat memory.
public struct RunExport {
    /// What was written.
    public struct Summary: Sendable, Equatable {
        /// The files.
        public var files: [String]
        /// The datasets.
        public var datasets: [String]
        /// What was changed or left out, as sentences.
        public var notes: [String]
    }

    private let sources: RunSources
    private let tables: [(name: String, text: String)]
    private let fileSystem: any FileSystem

    /// An export of some sources.
    ///
    /// - Parameter tables: what CSV holds beside datasets, by file name without its ending.
    public init(
        _ sources: RunSources, tables: [(name: String, text: String)] = [],
        fileSystem: any FileSystem = SystemFileSystem()
    ) {
        self.sources = sources
        self.tables = tables
        self.fileSystem = fileSystem
    }

    /// Writes the datasets that one of some globs selects.
    ///
    /// - Parameters:
    ///   - only: globs over the hooks' names (`encoder.**`) or over paths (`/input/*`); empty means all.
    ///   - path: a file; for CSV a folder.
    /// - Throws: `TableError` for a glob that selects nothing; `FileError`, `HDF5Error`. The target then holds what it held.
    public func write(as format: ExportFormat, only: [String] = [], to path: String) throws
        -> Summary
    {
        let chosen = try selected(only)
        try fileSystem.makeFolders(FilePath.folder(of: path))
        var summary = Summary(files: [], datasets: [], notes: sources.notes)
        switch format {
        case .npz: try npz(chosen, path, &summary)
        case .safetensors: try safetensors(chosen, path, &summary)
        case .csv: try csv(chosen, path, &summary)
        }
        return summary
    }

    private typealias Chosen = [(source: JoinedShards, dataset: JoinedDataset)]

    private func selected(_ patterns: [String]) throws -> Chosen {
        let all = sources.recordings.flatMap { source in
            source.datasets.map { (source: source, dataset: $0) }
        }
        if patterns.isEmpty { return all }
        var kept = [Bool](repeating: false, count: all.count)
        for pattern in patterns {
            let glob = try Glob(RunExport.dotted(pattern))
            var found = false
            for (index, entry) in all.enumerated()
            where RunExport.names(entry.dataset).contains(where: glob.matches) {
                kept[index] = true
                found = true
            }
            if !found {
                throw TableError(
                    NearestNames.sentence(
                        kind: "hook or dataset", name: pattern,
                        among: Array(Set(all.map { RunExport.names($0.dataset)[0] })).sorted()))
            }
        }
        return all.indices.filter { kept[$0] }.map { all[$0] }
    }

    /// What a dataset can be called in a glob: its hook, its path.
    private static func names(_ dataset: JoinedDataset) -> [String] {
        var names = [dotted(dataset.path)]
        let parts = dataset.path.split(separator: "/").map(String.init)
        if parts.first == "act" {
            var inner = Array(parts.dropFirst())
            names.insert(inner.joined(separator: "."), at: 0)
            // A ragged hook is chosen with everything that belongs to it.
            if ["values", "offsets", "shapes", "row", "edge", "_values"].contains(inner.last) {
                inner.removeLast()
                names.append(inner.joined(separator: "."))
            }
        }
        for case ("hook", .string(let hook)) in dataset.attributes { names.append(hook) }
        return names
    }

    private static func dotted(_ path: String) -> String {
        path.split(separator: "/").joined(separator: ".")
    }

    private func npz(_ chosen: Chosen, _ path: String, _ summary: inout Summary) throws {
        var widened: [String] = []
        try AtomicWriter(fileSystem: fileSystem).write(to: path) { append in
            try withoutActuallyEscaping(append) { append in
                var zip = StoredZipWriter(append)
                for (source, dataset) in chosen {
                    let name = String((source.prefix + dataset.path).dropFirst())
                    if dataset.content == .array(.bfloat16) { widened.append(name) }
                    try zip.add(name + ".npy") { try NPYFile.write(dataset, of: source, $0) }
                    summary.datasets.append(name)
                }
                try zip.finish()
            }
        }
        summary.files = [path]
        if !widened.isEmpty {
            summary.notes.append(
                "NumPy has no bfloat16; float32 holds the same numbers: \(widened.joined(separator: ", "))."
            )
        }
    }

    private func safetensors(_ chosen: Chosen, _ path: String, _ summary: inout Summary) throws {
        var tensors: [StreamedTensor] = []
        var texts: [String] = []
        for (source, dataset) in chosen {
            let name = (source.prefix + dataset.path).split(separator: "/").joined(separator: ".")
            let dtype: DType
            switch dataset.content {
            case .array(let own): dtype = own
            case .offsets: dtype = .int64
            case .strings:
                texts.append(name)
                continue
            }
            tensors.append(
                StreamedTensor(name: name, dtype: dtype, shape: dataset.shape) { take in
                    try source.forEachBlock(of: dataset) { try take($1) }
                })
            summary.datasets.append(name)
        }
        guard !tensors.isEmpty else {
            throw TableError(
                "Nothing that was chosen is numbers, and safetensors holds nothing else.")
        }
        try SafetensorsFile.write(
            streamed: tensors, to: path, metadata: ["format": "hire-act"], fileSystem: fileSystem)
        summary.files = [path]
        if !texts.isEmpty {
            summary.notes.append(
                "safetensors holds no strings; left out: \(texts.joined(separator: ", ")).")
        }
    }

    private func csv(_ chosen: Chosen, _ folder: String, _ summary: inout Summary) throws {
        var omitted: [String] = []
        var names: Set<String> = []
        for (name, text) in tables {
            names.insert(name)
            let path = FilePath.join(folder, name + ".csv")
            try fileSystem.makeFolders(folder)
            try AtomicWriter(fileSystem: fileSystem).write(text, to: path)
            summary.files.append(path)
        }
        for (source, dataset) in chosen {
            let place = source.prefix + dataset.path
            guard (1...2).contains(dataset.shape.count),
                dataset.shape.count == 1 || dataset.content != .strings,
                dataset.byteCount <= 1 << 30
            else {
                omitted.append(place)
                continue
            }
            var name = place.split(separator: "/").joined(separator: ".")
            while !names.insert(name).inserted { name += "_" }
            let path = FilePath.join(folder, name + ".csv")
            try fileSystem.makeFolders(folder)
            try AtomicWriter(fileSystem: fileSystem).write(to: path) { append in
                try CSVDataset.write(dataset, of: source) { text in
                    var text = text
                    try text.withUTF8 { try append(UnsafeRawBufferPointer($0)) }
                }
            }
            summary.files.append(path)
            summary.datasets.append(place)
        }
        if !omitted.isEmpty {
            summary.notes.append(
                "CSV holds tables of one or two axes up to 1 GiB; left out: \(omitted.joined(separator: ", "))."
            )
        }
        if summary.files.isEmpty {
            throw TableError(
                "Nothing that was chosen has one or two axes; use --format npz, or choose with --only."
            )
        }
    }
}
