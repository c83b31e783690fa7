import HireArray
import HireFiles
import HireHDF5

/// Shards of one recording, read as if they were one file.
///
/// Datasets with a sample axis are put one behind the other; offsets of ragged data are shifted; what has no sample axis (the
/// scales of other axes) is taken from the first shard and must be the same in all of them.
struct JoinedShards {
    /// What stands in front of every path: empty, or `/items/<label>`.
    let prefix: String
    /// The paths of the files.
    let files: [String]
    /// The datasets in the order of the first file.
    private(set) var datasets: [JoinedDataset] = []
    /// Root attributes of the first file.
    private(set) var attributes: [(String, HDF5Value)] = []
    /// What could not be put together, as sentences.
    private(set) var notes: [String] = []

    /// What a file holds; only the first one stays open, since there may be more than a process may open.
    private struct Source {
        var path: String
        var nodes: [String: HDF5Node.Content]
        var order: [String]
        var samples: Int?
    }

    /// Looks at files; their SHA-256 must have been compared where there is one.
    init(_ files: [String], prefix: String = "") throws {
        self.prefix = prefix
        self.files = files
        let sources = try files.map { path -> Source in
            let reader = try HDF5Reader(inPlace: path)
            let nodes = try reader.nodes()
            var samples: Int?
            if case .array(_, let shape)? = nodes.first(where: { $0.path == "/sample" })?.content {
                samples = shape.first
            }
            return Source(
                path: path,
                nodes: Dictionary(nodes.map { ($0.path, $0.content) }) { first, _ in first },
                order: nodes.map(\.path), samples: samples)
        }
        guard let first = sources.first else { return }
        let reader = try HDF5Reader(inPlace: first.path)
        attributes = try JoinedShards.attributes(of: "/", reader)
        for source in sources.dropFirst() {
            for path in source.order where first.nodes[path] == nil {
                notes.append(
                    "\(path) of \(source.path) is not in \(first.path) and is left out."
                )
            }
        }
        for path in first.order {
            guard let content = first.nodes[path], content != .group else { continue }
            // Rows and edges of ragged data are counted anew.
            if try JoinedShards.isBareDimension(path, first.nodes, reader) { continue }
            if let dataset = try join(path, content, sources, reader) { datasets.append(dataset) }
        }
    }

    /// The dataset of a path without the prefix, from all files; nil with a note if it cannot be put together.
    private mutating func join(
        _ path: String, _ content: HDF5Node.Content, _ sources: [Source], _ reader: HDF5Reader
    ) throws -> JoinedDataset? {
        let (kind, shape): (JoinedDataset.Content, [Int])
        switch content {
        case .array(let dtype, let extents):
            let isOffsets =
                dtype == .int64 && path.hasSuffix("/offsets")
                && sources[0].nodes[String(path.dropLast(7)) + "values"] != nil
            (kind, shape) = (isOffsets ? .offsets : .array(dtype), extents)
        case .strings(let extents): (kind, shape) = (.strings, extents)
        default:
            notes.append(
                "\(path) of \(sources[0].path) is a link or has a type of its own and is left out."
            )
            return nil
        }
        let labels = try reader.axisLabels(path)
        let scales = try reader.scales(of: path)
        let scale = try reader.scaleName(path)
        var dataset = JoinedDataset(
            path: path, content: kind, shape: shape,
            parts: [.init(file: 0, object: path, rows: shape.first ?? 1)],
            axes: labels.allSatisfy(\.isEmpty)
                ? [] : zip(labels, scales).map { HDF5Axis($0, scale: $1) },
            scale: scale, attributes: try JoinedShards.attributes(of: path, reader))
        if sources.count == 1 { return dataset }
        guard hasSamples(path, labels, sources) else {
            return try isSame(path, content, sources) ? dataset : nil
        }
        for (number, source) in sources.enumerated().dropFirst() {
            guard let other = source.nodes[path], other.kind == content.kind,
                let extents = other.shape, extents.count == shape.count,
                extents.dropFirst() == shape.dropFirst()
            else {
                notes.append(
                    "\(path) has another shape or type in \(source.path) than in \(reader.name) and is left out."
                )
                return nil
            }
            dataset.parts.append(.init(file: number, object: path, rows: extents[0]))
        }
        dataset.shape[0] = dataset.parts.map(\.rows).reduce(0, +)
        // Every file's offsets begin with a 0 of their own.
        if kind == .offsets { dataset.shape[0] -= dataset.parts.count - 1 }
        return dataset
    }

    /// Whether rows of different files are different samples.
    private func hasSamples(_ path: String, _ labels: [String], _ sources: [Source]) -> Bool {
        if path == "/sample" || labels.first == "sample" { return true }
        for ending in ["/values", "/offsets"] where path.hasSuffix(ending) {
            let base = String(path.dropLast(ending.count))
            if sources[0].nodes[base + "/values"] != nil, sources[0].nodes[base + "/offsets"] != nil
            {
                return true
            }
        }
        guard labels.first?.isEmpty ?? false, path.split(separator: "/").count > 1 else {
            return false
        }
        return sources.allSatisfy { source in
            source.samples != nil && source.nodes[path]?.shape?.first == source.samples
        }
    }

    /// Whether a dataset says nothing but how long an axis of ragged data is.
    private static func isBareDimension(
        _ path: String, _ nodes: [String: HDF5Node.Content], _ reader: HDF5Reader
    ) throws -> Bool {
        for ending in ["/row", "/edge"] where path.hasSuffix(ending) {
            if nodes[String(path.dropLast(ending.count)) + "/offsets"] != nil {
                return try reader.scaleName(path)?.hasPrefix("This is a netCDF dimension") ?? false
            }
        }
        return false
    }

    private mutating func isSame(_ path: String, _ content: HDF5Node.Content, _ sources: [Source])
        throws
        -> Bool
    {
        let digest = { (source: Source) throws -> String? in
            try source.nodes[path].map {
                try HDF5ContentDigest.digest(
                    HDF5Node(path: path, content: $0), HDF5Reader(inPlace: source.path))
            }
        }
        let first = try digest(sources[0])
        for source in sources.dropFirst() where try digest(source) != first {
            notes.append(
                "\(path) has no sample axis and is not the same in \(source.path) as in \(sources[0].path); "
                    + "it is left out.")
            return false
        }
        return true
    }

    private static func attributes(of path: String, _ reader: HDF5Reader) throws -> [(
        String, HDF5Value
    )] {
        let kept = try reader.attributeNames(path).filter {
            !HDF5ContentDigest.bookkeeping.contains($0) && $0 != "DIMENSION_LABELS"
        }
        return try kept.compactMap { name in
            try reader.attribute(name, on: path).map { (name, $0) }
        }
    }
}

extension HDF5Node.Content {
    fileprivate var shape: [Int]? {
        switch self {
        case .array(_, let shape), .strings(let shape), .other(let shape): shape
        case .group, .link: nil
        }
    }

    fileprivate var kind: String {
        switch self {
        case .array(let dtype, _): dtype.rawValue
        case .strings: "strings"
        case .group: "group"
        case .other: "other"
        case .link: "link"
        }
    }
}
