import HireArray
import HireFiles
import HireHDF5

extension CaptureStudy {
    /// Writes `run.h5`: `/shards/<number>` stands for each file, and `/act/<name>` is one array over all samples wherever
    /// the files hold arrays of one shape.
    ///
    /// The numbers stay in the files; the index opens them for its readers as long as they stand where they are.
    public func conclude(_ items: [ItemStatus], in folder: RunFolder) throws {
        let files = items.compactMap(\.result).flatMap(\.files)
        if files.isEmpty { return }
        let index = try HDF5Shard(name: "run.h5")
        try index.setAttributes([
            ("schema", "hire-act-index"), ("schema_version", 1),
            ("origin", .string(source.origin)), ("files", .strings(files)),
        ])
        var pieces: [String: (dtype: DType, pieces: [HDF5Shard.Piece], rows: Int, isWhole: Bool)] =
            [:]
        let paths = RecordingShard.paths(ofHooks: plan.rows.map(\.name))
        var labels: [String: [String]] = [:]
        for (number, file) in files.enumerated() {
            try index.link("/shards/\(number + 1)", toFile: file, object: "/")
            let reader = try HDF5Reader(inPlace: folder.location(file))
            let nodes = Dictionary(
                uniqueKeysWithValues: try reader.nodes().map { ($0.path, $0.content) })
            for path in paths.values.sorted() + ["/sample"] {
                guard case .array(let dtype, let shape)? = nodes[path] else {
                    pieces[path]?.isWhole = false
                    continue
                }
                var entry = pieces[path] ?? (dtype, [], 0, number == 0)
                if let first = entry.pieces.first, first.trailing != Array(shape.dropFirst()) {
                    entry.isWhole = false
                }
                entry.pieces.append(
                    HDF5Shard.Piece(
                        file: file, object: path, shape: shape,
                        start: [entry.rows] + Array(repeating: 0, count: shape.count - 1)))
                entry.rows += shape[0]
                labels[path] = try reader.axisLabels(path)
                pieces[path] = entry
            }
        }
        for (path, entry) in pieces.sorted(by: { $0.key < $1.key }) where entry.isWhole {
            guard let first = entry.pieces.first else { continue }
            try index.join(
                path, shape: [entry.rows] + first.trailing, dtype: entry.dtype,
                from: entry.pieces, axes: (labels[path] ?? []).map { HDF5Axis($0) })
        }
        try index.setAttribute("complete", 1)
        try index.write(
            to: folder.file("run.h5"), with: AtomicWriter(fileSystem: folder.fileSystem))
    }
}
