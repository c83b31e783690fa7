import HireFiles
import HireHDF5

/// What a run determined, as one line: two runs of the same study have the same digest whoever computed what, in which order,
/// and however often it was killed.
///
/// SHA-256 over, item by item in the order of tables: id, canonical configuration, canonical metrics, and per content file its
/// name in the item's folder and a digest: of what HDF5 files say (`HDF5ContentDigest`), of the bytes of all others.
/// Files whose names begin with `measured` are left out. An unfinished item counts as its id and the word `unfinished`.
public struct RunDigest: Sendable, Equatable {
    /// One item's part.
    public struct Item: Sendable, Equatable {
        /// What people call it.
        public var label: String
        /// Its id.
        public var id: String
        /// Digest of the canonical configuration.
        public var configuration: String
        /// Digest of the canonical metrics; nil while it is not finished.
        public var metrics: String?
        /// Digests of the content files, by name in the item's folder.
        public var files: [String: String]
        /// Digest of all of it.
        public var digest: String
    }

    /// The run's digest, 64 hexadecimal digits.
    public let digest: String
    /// The items in the order of tables.
    public let items: [Item]

    /// Computes the digest of a folder; every file is compared with the journal before it is read.
    ///
    /// - Throws: `FileError` naming a file that is not the one that was journalled.
    public init(_ contents: RunContents) throws {
        items = try contents.items.map { try RunDigest.item($0, contents.folder) }
        digest = SHA256.hex(of: items.map { "\($0.id) \($0.digest)\n" }.joined().utf8)
    }

    private static func item(_ status: ItemStatus, _ folder: RunFolder) throws -> Item {
        let item = status.item
        var found = Item(
            label: item.label, id: item.id, configuration: try item.configuration.digest(),
            metrics: nil, files: [:], digest: "")
        guard let record = status.record, let result = status.result else {
            found.digest = SHA256.hex(of: "\(item.id)\n\(found.configuration)\nunfinished\n".utf8)
            return found
        }
        let metrics = try Configuration(result.metrics).digest()
        found.metrics = metrics
        var text = "\(item.id)\n\(found.configuration)\n\(metrics)\n"
        let shards = Set(try folder.verifiedShards(record))
        for (name, file) in record.files.sorted(by: { $0.key < $1.key })
        where !RunFileProblem.isMeasured(name) {
            // The folder's readable part may change; what stands in it is the content.
            let inner =
                name.hasPrefix(item.folder + "/")
                ? String(name.dropFirst(item.folder.count + 1)) : name
            let digest =
                shards.contains(name)
                ? try HDF5ContentDigest.digest(HDF5Reader(inPlace: folder.location(name)))
                : try plain(name, file, folder)
            found.files[inner] = digest
            text += "\(inner) \(digest)\n"
        }
        found.digest = SHA256.hex(of: text.utf8)
        return found
    }

    private static func plain(_ name: String, _ file: JournalRecord.File, _ folder: RunFolder)
        throws
        -> String
    {
        let digest = try SHA256.hex(ofFile: folder.location(name), in: folder.fileSystem)
        guard digest == file.sha256 else { throw RunFolder.changed(folder.location(name)) }
        return digest
    }

    /// The digests as JSON.
    public var json: JSONObject {
        [
            "digest": .string(digest),
            "items": .array(
                items.map { item in
                    [
                        "label": .string(item.label), "id": .string(item.id),
                        "digest": .string(item.digest),
                        "configuration": .string(item.configuration),
                        "metrics": item.metrics.map { .string($0) } ?? .null,
                        "files": .object(
                            JSONObject(
                                item.files.sorted { $0.key < $1.key }
                                    .map { ($0.key, .string($0.value)) })),
                    ]
                }),
        ]
    }
}
