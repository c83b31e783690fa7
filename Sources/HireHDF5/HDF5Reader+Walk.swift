import HireArray
import HireFiles

extension HDF5Reader {
    /// Reads all that readers of this file may come to read: every group, attribute, text, label and number, also of the files that
    /// it links to.
    ///
    /// Whoever does this in a process that may die knows that the library survives the file. Values are read in stretches of
    /// rows of at most 64 MiB, so the file may be larger than the memory.
    public func readEverything() throws {
        var seen: Set<String> = [name]
        try readEverything(&seen)
    }

    /// Files that link to each other in a longer chain than this are not followed further.
    private static let mostFiles = 100_000
    private static let stretch = 64 << 20

    private func readEverything(_ seen: inout Set<String>) throws {
        try readAttributes("/")
        for node in try nodes() {
            switch node.content {
            case .group: try readAttributes(node.path)
            case .array(let dtype, let shape):
                try readAttributes(node.path)
                _ = try axisLabels(node.path)
                try readRows(node.path, dtype, shape)
            case .strings:
                try readAttributes(node.path)
                _ = try strings(node.path)
            case .other: try readAttributes(node.path)
            case .link(let file, _):
                let path = FilePath.join(FilePath.folder(of: name), file)
                guard seen.count < Self.mostFiles, seen.insert(path).inserted,
                    try SystemFileSystem().exists(path)
                else { continue }
                try HDF5Reader(inPlace: path, limit: byteLimit).readEverything(&seen)
            }
        }
    }

    private func readAttributes(_ path: String) throws {
        for attribute in try attributeNames(path) {
            do {
                _ = try self.attribute(attribute, on: path)
            } catch let error as HDF5Error where error.detail.isEmpty {
                continue  // of a type that no reader here reads
            }
        }
    }

    private func readRows(_ path: String, _ dtype: DType, _ shape: [Int]) throws {
        let ledger = MemoryLedger()
        let allocate: Allocator = { try NDArray.allocated($0, $1, ledger: ledger) }
        guard let extent = shape.first, extent > 0 else {
            _ = try array(path, allocate: allocate)
            return
        }
        let rowBytes = Array(shape.dropFirst()).elementCount.multipliedReportingOverflow(
            by: dtype.byteSize)
        let rows = max(1, rowBytes.overflow ? 1 : Self.stretch / max(1, rowBytes.partialValue))
        for first in stride(from: 0, to: extent, by: rows) {
            _ = try array(
                path, rows: first..<min(extent, first + rows), allocate: allocate)
        }
    }
}
