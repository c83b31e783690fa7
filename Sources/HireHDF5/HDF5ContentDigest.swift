import HireArray
import HireFiles

/// What a file says, whatever its bytes are: a digest of its datasets and attributes in a fixed order.
///
/// Entries are walked in the order of their paths; of each its path, kind, shape and dtype, its attributes by name, and its
/// elements in row-major order, little-endian, block by block. Left out is what depends on time or machine: everything
/// beneath `/measured`, and the root's attributes about where the file was made. Chunks, compression, checksums and
/// the order of writing change nothing.
public enum HDF5ContentDigest {
    /// Attributes of the root that say where and with what a file was made; with `git_` in front, all of them.
    public static let provenance: Set<String> = [
        "toolkit_version", "created_utc", "cpu", "cores", "threads", "blas", "blas_core", "host",
        "os",
        "hdf5_version", "interpreter", "script_sha256", "provenance_mixed",
    ]

    /// Attributes by which HDF5 ties scales to axes: references, whose bytes depend on where things stand in the file.
    public static let bookkeeping: Set<String> = [
        "DIMENSION_LIST", "REFERENCE_LIST", "CLASS", "NAME", "_Netcdf4Dimid", "_Netcdf4Coordinates",
    ]

    /// A part of a file and its digest.
    public struct Entry: Sendable, Equatable {
        /// The path of a dataset, group or link.
        public var path: String
        /// SHA-256 of what stands there.
        public var digest: String
    }

    /// The digests of everything in a file, ordered by path.
    ///
    /// - Throws: `HDF5Error` for types that the toolkit does not write.
    public static func entries(_ reader: HDF5Reader) throws -> [Entry] {
        var found = [Entry(path: "/", digest: try attributes("/", reader))]
        let nodes = try reader.nodes().filter {
            $0.path != "/measured" && !$0.path.hasPrefix("/measured/")
        }
        for node in nodes.sorted(by: { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }) {
            found.append(Entry(path: node.path, digest: try digest(node, reader)))
        }
        return found
    }

    /// One digest of everything in a file.
    public static func digest(_ reader: HDF5Reader) throws -> String {
        SHA256.hex(of: try entries(reader).map { "\($0.path)\0\($0.digest)\n" }.joined().utf8)
    }

    /// The digest of one entry.
    public static func digest(_ node: HDF5Node, _ reader: HDF5Reader) throws -> String {
        var hash = SHA256()
        switch node.content {
        case .group: hash.add("group\0")
        case .link(let file, let object): hash.add("link\0\(file)\0\(object)\0")
        case .array(let dtype, let shape):
            hash.add("array\0\(dtype.rawValue)\0\(shape)\0")
            try reader.forEachBlock(of: node.path, bytes: 32 << 20) { _, block in
                guard let memory = block.storage.pointer else { return }
                hash.update(UnsafeRawBufferPointer(start: memory, count: block.byteCount))
            }
        case .strings(let shape):
            hash.add("strings\0\(shape)\0")
            if shape.count == 1 {
                for first in stride(from: 0, to: shape[0], by: 4096) {
                    let rows = first..<min(first + 4096, shape[0])
                    for text in try reader.strings(node.path, rows: rows) { hash.add(text + "\0") }
                }
            } else {
                for text in try reader.strings(node.path) { hash.add(text + "\0") }
            }
        case .other(let shape):
            throw HDF5Error(
                file: reader.name, object: node.path,
                problem:
                    "a dataset \(shape) of a type that the toolkit does not write has no digest")
        }
        if case .link = node.content { return hash.hexDigest }
        hash.add(try attributes(node.path, reader))
        return hash.hexDigest
    }

    private static func attributes(_ path: String, _ reader: HDF5Reader) throws -> String {
        var hash = SHA256()
        for name in try reader.attributeNames(path).sorted() where !isLeftOut(name, path) {
            guard let value = try reader.attribute(name, on: path) else { continue }
            hash.add("\(name)\0\(written(value))\0")
        }
        return hash.hexDigest
    }

    private static func isLeftOut(_ name: String, _ path: String) -> Bool {
        bookkeeping.contains(name)
            || path == "/" && (provenance.contains(name) || name.hasPrefix("git_"))
    }

    private static func written(_ value: HDF5Value) -> String {
        switch value {
        case .string(let text): "s\(text)"
        case .strings(let texts): "S" + texts.map { "\($0.utf8.count):\($0)" }.joined()
        case .integer(let value): "i\(value)"
        case .integers(let values): "I\(values)"
        case .number(let value): "n\(value.bitPattern)"
        case .numbers(let values): "N\(values.map(\.bitPattern))"
        case .bool(let flag): "b\(flag)"
        }
    }
}

extension SHA256 {
    fileprivate mutating func add(_ text: String) {
        var text = text
        text.withUTF8 { update(UnsafeRawBufferPointer($0)) }
    }
}
