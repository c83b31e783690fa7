import HireFiles
import HireHDF5

/// Where two runs differ first: the item, the file, the dataset.
public struct RunComparison {
    /// The digest of the first run.
    public let first: RunDigest
    /// The digest of the second.
    public let second: RunDigest
    /// A sentence about the first difference; nil if the digests are equal.
    public let difference: String?

    /// Compares two folders.
    public init(_ first: RunContents, _ second: RunContents) throws {
        self.first = try RunDigest(first)
        self.second = try RunDigest(second)
        difference =
            self.first.digest == self.second.digest
            ? nil : try RunComparison.sentence(self.first, self.second, first, second)
    }

    private static func sentence(
        _ a: RunDigest, _ b: RunDigest, _ first: RunContents, _ second: RunContents
    ) throws -> String {
        let (here, there) = (first.folder.path, second.folder.path)
        for index in 0..<max(a.items.count, b.items.count) {
            guard index < a.items.count, index < b.items.count else {
                let more = index < a.items.count ? (here, a.items[index]) : (there, b.items[index])
                return "Only \(more.0) has the item '\(more.1.label)' (\(more.1.id))."
            }
            let (x, y) = (a.items[index], b.items[index])
            if x == y { continue }
            if x.id != y.id {
                if x.label != y.label {
                    return
                        "Item \(index + 1) is '\(x.label)' in \(here) and '\(y.label)' in \(there)."
                }
                let changes = try first.items[index].item.configuration.differences(
                    from: second.items[index].item.configuration)
                return "Item '\(x.label)' was made with another configuration: "
                    + changes.prefix(4).joined(separator: "; ") + "."
            }
            guard let left = x.metrics, let right = y.metrics else {
                if x.metrics == nil, y.metrics == nil { continue }
                return "Item '\(x.label)' is finished only in \(x.metrics == nil ? there : here)."
            }
            if left != right, let own = first.items[index].result,
                let other = second.items[index].result
            {
                let changes = try Configuration(own.metrics).differences(
                    from: Configuration(other.metrics))
                return "Item '\(x.label)' has other metrics: "
                    + changes.prefix(4).joined(separator: "; ") + "."
            }
            for name in Set(x.files.keys).union(y.files.keys).sorted()
            where x.files[name] != y.files[name] {
                guard x.files[name] != nil, y.files[name] != nil else {
                    return
                        "Item '\(x.label)': only \(x.files[name] == nil ? there : here) has \(name)."
                }
                let dataset =
                    FilePath.fileExtension(of: name) == "h5"
                    ? try self.dataset(
                        first.file(name, of: first.items[index]),
                        second.file(name, of: second.items[index])) : nil
                return "Item '\(x.label)': \(name) differs" + (dataset.map { " in \($0)" } ?? "")
                    + "."
            }
        }
        return "The runs differ in which items they have."
    }

    /// The first entry that two HDF5 files do not have in common.
    private static func dataset(_ first: String, _ second: String) throws -> String? {
        let a = try HDF5ContentDigest.entries(HDF5Reader(inPlace: first))
        let b = try HDF5ContentDigest.entries(HDF5Reader(inPlace: second))
        for (x, y) in zip(a, b) where x != y {
            return x.path == y.path || x.path < y.path ? x.path : y.path
        }
        return (a.count > b.count ? a : b).dropFirst(min(a.count, b.count)).first?.path
    }
}

extension RunContents {
    /// The path of a file of an item, by its name in the item's folder or in the run's.
    fileprivate func file(_ name: String, of status: ItemStatus) -> String {
        let inner = "\(status.item.folder)/\(name)"
        return folder.location(status.record?.files[inner] == nil ? name : inner)
    }
}
