import HireArray
import HireFiles
import HireHDF5

/// Shards of one recording, read as if they were one file.
///
/// Datasets with a sample axis are put one behind the other, without rows of the shards that have none of them, as where only
/// every tenth sample was kept; offsets of ragged data are shifted; what has no sample axis (the scales of other axes) must be
/// the same wherever it is.
struct JoinedShards {
    /// What stands in front of every path: empty, or `/items/<label>`.
    let prefix: String
    /// The paths of the files.
    let files: [String]
    /// The datasets in the order in which the files first have them.
    private(set) var datasets: [JoinedDataset] = []
    /// Root attributes of the first file.
    private(set) var attributes: [(String, HDF5Value)] = []
    /// Attributes of groups, such as those that hold values and offsets.
    private(set) var groups: [(path: String, attributes: [(String, HDF5Value)])] = []
    /// What could not be put together, as sentences: at most one per dataset.
    private(set) var notes: [String] = []

    /// What a file holds; few stay open, since there may be more than a process may open.
    private struct Source {
        var path: String
        var nodes: [String: HDF5Node.Content]

        func rows(_ path: String) -> Int? { nodes[path]?.shape?.first }
    }

    /// Looks at files; their SHA-256 must have been compared where there is one.
    ///
    /// - Parameter keeping: which paths are of interest; all by default.
    init(_ files: [String], prefix: String = "", keeping: (String) -> Bool = { _ in true }) throws {
        self.prefix = prefix
        self.files = files
        var order: [String] = []
        var holders: [String: Int] = [:]
        let sources = try files.enumerated().map { number, path -> Source in
            let nodes = try HDF5Reader(inPlace: path).nodes().filter { keeping($0.path) }
            for node in nodes {
                if let holder = holders[node.path] {
                    // A dataset tells more than a group that has its name in another file.
                    if holder >= 0 || node.content == .group { continue }
                } else {
                    order.append(node.path)
                }
                holders[node.path] = node.content == .group ? -1 : number
            }
            return Source(
                path: path,
                nodes: Dictionary(nodes.map { ($0.path, $0.content) }) { first, _ in first })
        }
        guard let first = sources.first else { return }
        var open = (number: 0, reader: try HDF5Reader(inPlace: first.path))
        attributes = try JoinedShards.attributes(of: "/", open.reader)
        for path in order {
            let holder = holders[path] ?? 0
            let number = holder >= 0 ? holder : sources.firstIndex { $0.nodes[path] != nil } ?? 0
            if number != open.number {
                open = (number, try HDF5Reader(inPlace: sources[number].path))
            }
            guard holder >= 0, let content = sources[number].nodes[path] else {
                let found = try JoinedShards.attributes(of: path, open.reader)
                if !found.isEmpty { groups.append((path, found)) }
                continue
            }
            // Rows and edges of ragged data are counted anew.
            if try JoinedShards.isBareDimension(path, sources[number].nodes, open.reader) {
                continue
            }
            if let dataset = try join(path, content, sources, number, open.reader) {
                datasets.append(dataset)
            }
        }
    }

    /// The dataset of a path without the prefix, from all files; nil with a note if it cannot be put together.
    private mutating func join(
        _ path: String, _ content: HDF5Node.Content, _ sources: [Source], _ holder: Int,
        _ reader: HDF5Reader
    ) throws -> JoinedDataset? {
        let (kind, shape): (JoinedDataset.Content, [Int])
        switch content {
        case .array(let dtype, let extents):
            let isOffsets =
                dtype == .int64 && path.hasSuffix("/offsets")
                && sources[holder].nodes[String(path.dropLast(7)) + "values"] != nil
            (kind, shape) = (isOffsets ? .offsets : .array(dtype), extents)
        case .strings(let extents): (kind, shape) = (.strings, extents)
        default:
            notes.append(
                "\(path) of \(sources[holder].path) is a link or has a type of its own and is left out."
            )
            return nil
        }
        let labels = try reader.axisLabels(path)
        let scales = try reader.scales(of: path)
        let scale = try reader.scaleName(path)
        var dataset = JoinedDataset(
            path: path, content: kind, shape: shape,
            parts: [.init(file: holder, object: path, rows: shape.first ?? 1)],
            axes: labels.allSatisfy(\.isEmpty)
                ? [] : zip(labels, scales).map { HDF5Axis($0, scale: $1) },
            scale: scale, attributes: try JoinedShards.attributes(of: path, reader))
        if sources.count == 1 { return dataset }
        guard hasSamples(path, labels, sources, holder) else {
            return try isSame(path, content, sources, holder) ? dataset : nil
        }
        let counting = try countingScale(path, scales, isScale: scale != nil, reader)
        for (number, source) in sources.enumerated() where number != holder {
            guard let other = source.nodes[path] else {
                if let counting, let rows = source.rows(counting), rows > 0 {
                    notes.append(
                        "\(path) is missing in \(source.path), which has \(grouped(rows)) samples of it, and is left out."
                    )
                    return nil
                }
                continue
            }
            guard other.kind == content.kind, let extents = other.shape,
                extents.count == shape.count, extents.dropFirst() == shape.dropFirst()
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

    /// The scale that says of which samples a dataset's rows are; nil for such a scale itself.
    private func countingScale(
        _ path: String, _ scales: [String?], isScale: Bool, _ reader: HDF5Reader
    ) throws -> String? {
        if isScale { return nil }
        if let scale = scales.first ?? nil, !scale.hasSuffix("/row"), !scale.hasSuffix("/edge") {
            return scale
        }
        let above = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
        if !above.isEmpty, case .string(let name)? = try reader.attribute("sampling", on: above) {
            return "/" + name
        }
        return "/sample"
    }

    /// Whether rows of different files are different samples.
    private func hasSamples(
        _ path: String, _ labels: [String], _ sources: [Source], _ holder: Int
    ) -> Bool {
        if path == "/sample" || labels.first == "sample" { return true }
        for ending in ["/values", "/offsets"] where path.hasSuffix(ending) {
            let base = String(path.dropLast(ending.count))
            let nodes = sources[holder].nodes
            if nodes[base + "/values"] != nil, nodes[base + "/offsets"] != nil { return true }
        }
        guard labels.first?.isEmpty ?? false, path.split(separator: "/").count > 1 else {
            return false
        }
        return sources.allSatisfy { source in
            guard let rows = source.rows(path) else { return source.nodes[path] == nil }
            return rows == source.rows("/sample")
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

    private mutating func isSame(
        _ path: String, _ content: HDF5Node.Content, _ sources: [Source], _ holder: Int
    ) throws -> Bool {
        let digest = { (source: Source) throws -> String in
            try HDF5ContentDigest.digest(
                HDF5Node(path: path, content: source.nodes[path] ?? content),
                HDF5Reader(inPlace: source.path))
        }
        let first = try digest(sources[holder])
        for source in sources.dropFirst(holder + 1)
        where source.nodes[path] != nil {
            if try digest(source) == first { continue }
            notes.append(
                "\(path) has no sample axis and is not the same in \(source.path) as in \(sources[holder].path); "
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
