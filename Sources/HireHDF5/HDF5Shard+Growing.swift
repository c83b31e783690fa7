import CDigestShims
import CHDF5
import CHDF5Shims
import HireArray

/// Datasets that grow along their first axis.
extension HDF5Shard {
    /// Appends rows to a dataset that grows along its first axis; the first call makes it.
    ///
    /// - Parameters:
    ///   - rows: of shape [rows, ...]; all but the first extent must be the same in every call.
    ///   - axes: what each axis means; used by the call that makes the dataset.
    /// - Throws: `HDF5Error` naming the shape or dtype expected and got.
    public func append(
        _ rows: NDArray, to path: String, axes: [HDF5Axis] = [], scale: String? = nil
    ) throws {
        try withFile { file in
            guard rows.rank > 0 else {
                throw file.fail(path, "rows must have at least one axis, got a scalar")
            }
            let target = try growing[path] ?? begin(rows, path, axes, scale, file)
            try checkFits(rows, target, file, path)
            try rows.withContiguousBytes(operation: "append to \(path)") { bytes in
                if writesChunks(of: target, rows) {
                    try writeChunks(bytes, to: target, file, path)
                } else {
                    try grow(
                        target.dataset.id, by: rows.shape, target.type.id, bytes.baseAddress, file,
                        path)
                }
            }
            target.shape[0] += rows.shape[0]
        }
    }

    /// Rows that a growing dataset has.
    func growingRows(_ path: String) -> Int { growing[path]?.shape[0] ?? 0 }

    private func begin(
        _ rows: NDArray, _ path: String, _ axes: [HDF5Axis], _ scale: String?, _ file: HDF5File
    ) throws -> GrowingDataset {
        var empty = rows.shape
        empty[0] = 0
        let dataset = try create(
            path, shape: empty, dtype: rows.dtype, growing: true, axes: axes, file)
        if let scale {
            try file.check(H5DSset_scale(dataset.id, scale), path, "cannot make this a scale")
        }
        let made = GrowingDataset(
            dataset: dataset, type: try HDF5Type.make(rows.dtype, file, path), dtype: rows.dtype,
            chunk: options.chunk(Array(empty.dropFirst()), elementSize: rows.dtype.byteSize),
            shape: empty)
        growing[path] = made
        return made
    }

    /// Whether a row is whole chunks, which then need neither the library's selections nor its cache.
    private func writesChunks(of target: GrowingDataset, _ rows: NDArray) -> Bool {
        rows.shape[0] == 1 && target.chunksAreRuns && options.gzip == nil && rows.count > 0
            && rows.rank > 1
    }

    private func writeChunks(
        _ bytes: UnsafeRawBufferPointer, to target: GrowingDataset, _ file: HDF5File, _ path: String
    ) throws {
        let row = target.shape[0]
        var extents = target.shape.map { hsize_t($0) }
        extents[0] += 1
        try file.check(H5Dset_extent(target.dataset.id, extents), path, "cannot add rows")
        let size = target.dtype.byteSize
        let whole = target.chunk.reduce(size, *)
        if scratch.count < whole + 4 { scratch = [UInt8](repeating: 0, count: whole + 4) }
        for (offset, count, start) in target.chunks(ofRow: row) {
            let status = scratch.withUnsafeMutableBytes { area in
                let part = UnsafeRawBufferPointer(
                    rebasing: bytes[(offset * size)..<((offset + count) * size)])
                area.copyMemory(from: part)
                // The last chunk of an axis reaches beyond it; what lies there is never read.
                for place in part.count..<max(whole, part.count) { area[place] = 0 }
                var filled = whole
                if options.checksums {
                    let sum = hire_fletcher32(area.baseAddress, whole)
                    area.storeBytes(
                        of: sum.littleEndian, toByteOffset: whole, as: UInt32.self)
                    filled += 4
                }
                return H5Dwrite_chunk(
                    target.dataset.id, hire_h5p_default(), 0, start, filled, area.baseAddress)
            }
            try file.check(status, path, "cannot write the values")
        }
    }

    private func checkFits(
        _ rows: NDArray, _ target: GrowingDataset, _ file: HDF5File, _ path: String
    ) throws {
        guard target.shape.dropFirst() == rows.shape.dropFirst() else {
            let expected = ["rows"] + target.shape.dropFirst().map(String.init)
            throw file.fail(
                path,
                "expected rows of shape [\(expected.joined(separator: ", "))], got \(rows.shape) "
                    + "(items of varying length go through appendRagged)")
        }
        guard target.dtype == rows.dtype else {
            throw file.fail(
                path,
                "expected rows of dtype \(target.dtype.shortName), got \(rows.dtype.shortName)")
        }
    }
}
