import CHDF5
import CHDF5Shims
import HireArray
import HireFiles

/// A finished HDF5 file, open for reading.
///
/// Files written by the toolkit are safe to open. The HDF5 library itself can crash on files that someone damaged
/// on purpose, so open files of unknown origin in a process that may die.
public final class HDF5Reader: @unchecked Sendable {
    /// Makes uninitialised memory for the values that are read.
    public typealias Allocator = (Shape, DType) throws -> NDArray

    // The file's identifier is used only inside `HDF5Library.run`, which admits one thread at a time.
    let file: HDF5File
    /// The most bytes that one dataset may take in memory.
    let byteLimit: Int

    /// Reads the file into memory through a file system and opens the copy.
    ///
    /// - Parameter limit: the largest file in bytes, and the largest dataset; checked before memory is taken.
    /// - Throws: `FileError` if the file cannot be read, `HDF5Error` if it is no HDF5 file.
    public convenience init(
        _ path: String, in fileSystem: any FileSystem = SystemFileSystem(), limit: Int = 4 << 30
    ) throws {
        try self.init(image: try fileSystem.readAll(path, limit: limit), name: path, limit: limit)
    }

    /// Opens a file whose bytes are at hand.
    public init(image: [UInt8], name: String, limit: Int = 4 << 30) throws {
        byteLimit = limit
        file = try HDF5Library.run { try image.withUnsafeBytes { try HDF5File.image($0, name) } }
    }

    /// Opens a file in place, which suits large files and files that link to others.
    public init(inPlace path: String, limit: Int = 4 << 30) throws {
        byteLimit = limit
        file = try HDF5Library.run { try HDF5File.onDisk(path) }
    }

    /// The name that messages call the file by.
    public var name: String { file.name }

    /// Whether something stands at a path.
    public func contains(_ path: String) -> Bool {
        HDF5Library.run { path == "/" || file.exists(path) }
    }

    /// The values of a dataset, in memory of a back-end.
    ///
    /// - Parameter rows: the range along the first axis; nil reads all.
    /// - Returns: an array of the dataset's shape, or of the shape [rows, ...].
    /// - Throws: `HDF5Error` naming the dataset, or the nearest ones if there is none of that name.
    public func array(_ path: String, rows: Range<Int>? = nil, on backend: any Backend) throws
        -> NDArray
    {
        try array(path, rows: rows, allocate: backend.allocate)
    }

    /// The values of a dataset, in memory made by a function.
    public func array(_ path: String, rows: Range<Int>? = nil, allocate: Allocator) throws
        -> NDArray
    {
        try HDF5Library.run {
            let dataset = try openDataset(path)
            let fileType = try HDF5Handle(
                .type, H5Dget_type(dataset.id), name, path, "cannot read the type")
            let dtype = try HDF5Type.dtype(of: fileType.id, file, path)
            var shape = try file.shape(ofDataset: dataset.id, path)
            try checkSize(shape, dtype, path)
            let inFile = try HDF5Handle(
                .space, H5Dget_space(dataset.id), name, path, "cannot read the shape")
            if let rows { try select(rows, &shape, inFile.id, path) }
            let result = try allocate(shape, dtype)
            if result.count == 0 { return result }
            guard let memory = result.storage.pointer else {
                throw ArrayError.noValues(operation: "read \(path)")
            }
            let type = try HDF5Type.make(dtype, file, path)
            let inMemory = try file.space(shape, path)
            try file.check(
                H5Dread(
                    dataset.id, type.id, inMemory.id, inFile.id, hire_h5p_default(),
                    memory + result.offset * dtype.byteSize),
                path, "cannot read the values; the file may be damaged")
            return result
        }
    }

    /// The strings of a dataset, in row-major order.
    public func strings(_ path: String) throws -> [String] {
        try HDF5Library.run {
            let dataset = try openDataset(path)
            let type = try HDF5Handle(
                .type, H5Dget_type(dataset.id), name, path, "cannot read the type")
            let space = try HDF5Handle(
                .space, H5Dget_space(dataset.id), name, path, "cannot read the shape")
            return try readStrings(type.id, space.id, path) { memoryType, memory in
                H5Dread(
                    dataset.id, memoryType, hire_h5s_all(), hire_h5s_all(), hire_h5p_default(),
                    memory)
            }
        }
    }

    /// The labels of a dataset's axes; empty strings where there are none.
    public func axisLabels(_ path: String) throws -> [String] {
        try HDF5Library.run {
            let dataset = try openDataset(path)
            let rank = try file.shape(ofDataset: dataset.id, path).count
            return try (0..<rank).map { axis in
                let length = H5DSget_label(dataset.id, UInt32(axis), nil, 0)
                try file.check(
                    Int32(clamping: length), path, "cannot read the label of axis \(axis)")
                var text = [CChar](repeating: 0, count: length + 1)
                _ = H5DSget_label(dataset.id, UInt32(axis), &text, text.count)
                return String(
                    decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    private func openDataset(_ path: String) throws -> HDF5Handle {
        if !file.exists(path) {
            let known = try nodes().filter { $0.content != .group }.map(\.path)
            throw file.fail(
                path,
                String(
                    NearestNames.sentence(kind: "dataset", name: path, among: known).dropLast()))
        }
        return try file.open(.dataset, path)
    }

    private func checkSize(_ shape: [Int], _ dtype: DType, _ path: String) throws {
        var bytes = dtype.byteSize
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            if overflow || product > byteLimit {
                throw file.fail(
                    path, "the dataset of shape \(shape) exceeds the limit of \(byteLimit) bytes")
            }
            bytes = product
        }
    }

    private func select(
        _ rows: Range<Int>, _ shape: inout [Int], _ space: hid_t, _ path: String
    ) throws {
        guard let extent = shape.first, rows.lowerBound >= 0, rows.upperBound <= extent else {
            throw file.fail(path, "rows \(rows) are outside the shape \(shape)")
        }
        shape[0] = rows.count
        if rows.isEmpty { return }
        var start = [hsize_t](repeating: 0, count: shape.count)
        start[0] = hsize_t(rows.lowerBound)
        let count = shape.map { hsize_t($0) }
        try file.check(
            H5Sselect_hyperslab(space, H5S_SELECT_SET, start, nil, count, nil), path,
            "cannot select rows \(rows)")
    }
}
