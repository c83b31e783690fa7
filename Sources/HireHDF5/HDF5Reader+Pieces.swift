import CHDF5
import CHDF5Shims
import HireArray

/// Reading datasets that are larger than memory.
extension HDF5Reader {
    /// A block of a dataset, in memory of no back-end.
    ///
    /// - Parameters:
    ///   - start: where its first element stands.
    ///   - shape: its extents; none may be 0.
    /// - Throws: `HDF5Error` for blocks that reach outside, or take more than the reader's limit.
    public func block(_ path: String, at start: [Int], shape: [Int]) throws -> NDArray {
        try HDF5Library.run {
            let dataset = try file.open(.dataset, path)
            return try block(dataset.id, path, start, shape)
        }
    }

    /// Walks through a dataset's elements in row-major order, in blocks of at most some bytes (or of one row of the last
    /// axis, if that is longer).
    ///
    /// - Parameters:
    ///   - rows: the range along the first axis; nil takes all.
    ///   - body: gets where a block begins and its elements, which are contiguous.
    public func forEachBlock(
        of path: String, rows: Range<Int>? = nil, bytes: Int = 8 << 20,
        _ body: (_ start: [Int], _ block: NDArray) throws -> Void
    ) throws {
        let (shape, dtype) = try HDF5Library.run {
            let dataset = try file.open(.dataset, path)
            let type = try HDF5Handle(
                .type, H5Dget_type(dataset.id), name, path, "cannot read the type")
            return (
                try file.shape(ofDataset: dataset.id, path),
                try HDF5Type.dtype(of: type.id, file, path)
            )
        }
        var extents = shape
        if let rows, !shape.isEmpty { extents[0] = rows.count }
        if extents.contains(0) { return }
        // Whole inner axes as far as they fit, a range of the next, one position of those outside.
        var inner = dtype.byteSize
        var axis = extents.count
        while axis > 0, inner * extents[axis - 1] <= bytes {
            axis -= 1
            inner *= extents[axis]
        }
        let split = axis - 1
        let step = max(1, bytes / inner)
        var start = [Int](repeating: 0, count: extents.count)
        while true {
            var piece = extents
            for outer in 0..<max(split, 0) { piece[outer] = 1 }
            if split >= 0 { piece[split] = min(step, extents[split] - start[split]) }
            var place = start
            if let rows, !place.isEmpty { place[0] += rows.lowerBound }
            try body(place, block(path, at: place, shape: piece))
            guard split >= 0 else { return }
            start[split] += piece[split]
            var turning = split
            while turning >= 0, start[turning] >= extents[turning] {
                start[turning] = 0
                turning -= 1
                if turning >= 0 { start[turning] += 1 }
            }
            if turning < 0 { return }
        }
    }

    /// Some strings of a dataset with one axis.
    public func strings(_ path: String, rows: Range<Int>) throws -> [String] {
        try HDF5Library.run {
            let dataset = try file.open(.dataset, path)
            let type = try HDF5Handle(
                .type, H5Dget_type(dataset.id), name, path, "cannot read the type")
            let inFile = try HDF5Handle(
                .space, H5Dget_space(dataset.id), name, path, "cannot read the shape")
            let shape = try file.shape(ofSpace: inFile.id, path)
            guard shape.count == 1, rows.lowerBound >= 0, rows.upperBound <= shape[0] else {
                throw file.fail(path, "rows \(rows) are outside the shape \(shape)")
            }
            if rows.isEmpty { return [] }
            try file.select([rows.lowerBound], [rows.count], of: inFile.id, path)
            let inMemory = try file.space([rows.count], path)
            return try readStrings(type.id, inMemory.id, path) { memoryType, memory in
                H5Dread(
                    dataset.id, memoryType, inMemory.id, inFile.id, hire_h5p_default(), memory)
            }
        }
    }

    /// The paths of the dimension scales that are attached to a dataset's axes; nil for an axis without one.
    public func scales(of path: String) throws -> [String?] {
        try HDF5Library.run {
            let dataset = try file.open(.dataset, path)
            let rank = try file.shape(ofDataset: dataset.id, path).count
            return try (0..<rank).map { axis in
                let found = FoundScale()
                let place = Unmanaged.passUnretained(found).toOpaque()
                let status = H5DSiterate_scales(
                    dataset.id, UInt32(axis), nil,
                    { _, _, scale, place in
                        guard let place else { return -1 }
                        var text = [CChar](repeating: 0, count: 1024)
                        let length = H5Iget_name(scale, &text, text.count)
                        if length <= 0 || length >= text.count { return 1 }
                        let bytes = text.prefix(length).map { UInt8(bitPattern: $0) }
                        Unmanaged<FoundScale>.fromOpaque(place).takeUnretainedValue().path =
                            String(decoding: bytes, as: UTF8.self)
                        return 1
                    }, place)
                try file.check(Int32(status), path, "cannot read the scale of axis \(axis)")
                return found.path
            }
        }
    }

    /// The name under which a dataset is a dimension scale; nil if it is none.
    public func scaleName(_ path: String) throws -> String? {
        try HDF5Library.run {
            let dataset = try file.open(.dataset, path)
            if H5DSis_scale(dataset.id) <= 0 { return nil }
            let length = H5DSget_scale_name(dataset.id, nil, 0)
            try file.check(Int32(clamping: length), path, "cannot read the scale's name")
            var text = [CChar](repeating: 0, count: length + 1)
            _ = H5DSget_scale_name(dataset.id, &text, text.count)
            return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private func block(_ dataset: hid_t, _ path: String, _ start: [Int], _ shape: [Int]) throws
        -> NDArray
    {
        let whole = try file.shape(ofDataset: dataset, path)
        guard start.count == whole.count, shape.count == whole.count,
            zip(zip(start, shape), whole).allSatisfy({
                $0.0 >= 0 && $0.1 > 0 && $0.0 <= $1 - $0.1
            })
        else { throw file.fail(path, "a block \(shape) at \(start) is outside the shape \(whole)") }
        let fileType = try HDF5Handle(
            .type, H5Dget_type(dataset), name, path, "cannot read the type")
        let dtype = try HDF5Type.dtype(of: fileType.id, file, path)
        let count = shape.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        guard count > 0, count <= byteLimit / dtype.byteSize else {
            throw file.fail(path, "a block \(shape) exceeds the limit of \(byteLimit) bytes")
        }
        let inFile = try HDF5Handle(
            .space, H5Dget_space(dataset), name, path, "cannot read the shape")
        if !shape.isEmpty { try file.select(start, shape, of: inFile.id, path) }
        let storage = try Storage(byteCount: count * dtype.byteSize, ledger: nil)
        let type = try HDF5Type.make(dtype, file, path)
        let inMemory = try file.space(shape, path)
        try file.check(
            H5Dread(
                dataset, type.id, inMemory.id, inFile.id, hire_h5p_default(), storage.pointer),
            path, "cannot read the values; the file may be damaged")
        return NDArray(storage: storage, dtype: dtype, shape: shape)
    }
}

private final class FoundScale {
    var path: String?
}
