import CHDF5
import CHDF5Shims
import HireArray

extension HDF5Shard {
    /// Writes an array as a dataset.
    ///
    /// - Parameters:
    ///   - axes: what each axis means, or none at all.
    ///   - scale: a name makes the dataset a dimension scale, which other datasets can name in their axes.
    /// - Throws: `HDF5Error` if the path is taken or the axes do not fit; `ArrayError` if the array has no values.
    public func write(
        _ array: NDArray, to path: String, axes: [HDF5Axis] = [], scale: String? = nil
    ) throws {
        try withFile { file in
            let dataset = try create(
                path, shape: array.shape, dtype: array.dtype, growing: false, axes: axes, file)
            let type = try HDF5Type.make(array.dtype, file, path)
            if array.count > 0 {
                try array.withContiguousBytes(operation: "write \(path)") { bytes in
                    try file.check(
                        H5Dwrite(
                            dataset.id, type.id, hire_h5s_all(), hire_h5s_all(), hire_h5p_default(),
                            bytes.baseAddress), path, "cannot write the values")
                }
            }
            if let scale {
                try file.check(H5DSset_scale(dataset.id, scale), path, "cannot make this a scale")
            }
        }
    }

    /// Writes whole numbers as an int64 dataset, such as the positions that a dimension scale holds.
    public func write(
        integers: [Int], to path: String, axes: [HDF5Axis] = [], scale: String? = nil
    ) throws {
        let array = try NDArray(onHost: integers.map { Int64($0) }, shape: [integers.count])
        try write(array, to: path, axes: axes, scale: scale)
    }

    /// Appends one item of varying length: its rows go to `path/values`, where they end to `path/offsets`.
    ///
    /// Item i is `values[offsets[i] ..< offsets[i + 1]]`; this is what plain readers slice fastest.
    public func appendRagged(_ item: NDArray, to path: String) throws {
        try withFile { file in
            guard item.rank > 0 else {
                throw file.fail(path, "an item must have at least one axis, got a scalar")
            }
            let offsets = path + "/offsets"
            if !file.exists(offsets) { try appendInteger(0, to: offsets) }
            try append(item, to: path + "/values")
            try appendInteger(Int64(growingRows(path + "/values")), to: offsets)
        }
    }

    private func appendInteger(_ value: Int64, to path: String) throws {
        let array = try NDArray(onHost: [value], shape: [1])
        try append(array, to: path)
    }

    /// Makes room for more rows in a growing dataset and fills it.
    func grow(
        _ dataset: hid_t, by shape: [Int], _ type: hid_t, _ bytes: UnsafeRawPointer?,
        _ file: HDF5File, _ path: String
    ) throws {
        let old = try file.shape(ofDataset: dataset, path)
        var extents = old.map { hsize_t($0) }
        extents[0] += hsize_t(shape[0])
        try file.check(H5Dset_extent(dataset, extents), path, "cannot add rows")
        if shape.elementCount == 0 { return }
        let inFile = try HDF5Handle(.space, H5Dget_space(dataset), name, path, "cannot add rows")
        var start = [hsize_t](repeating: 0, count: shape.count)
        start[0] = hsize_t(old[0])
        let count = shape.map { hsize_t($0) }
        try file.check(
            H5Sselect_hyperslab(inFile.id, H5S_SELECT_SET, start, nil, count, nil), path,
            "cannot add rows")
        let inMemory = try file.space(shape, path)
        try file.check(
            H5Dwrite(dataset, type, inMemory.id, inFile.id, hire_h5p_default(), bytes), path,
            "cannot write the values")
    }

    func create(
        _ path: String, shape: [Int], dtype: DType, growing: Bool, axes: [HDF5Axis],
        _ file: HDF5File
    ) throws -> HDF5Handle {
        let type = try HDF5Type.make(dtype, file, path)
        let dataset = try createDataset(
            path, shape: shape, type: type.id, elementSize: dtype.byteSize, growing: growing, file)
        try label(dataset.id, axes, rank: shape.count, file, path)
        return dataset
    }

    /// Makes a dataset of any type; datasets of 4 KiB and more are chunked and carry checksums.
    func createDataset(
        _ path: String, shape: [Int], type: hid_t, elementSize: Int, growing: Bool,
        chunk wanted: [Int]? = nil, _ file: HDF5File
    ) throws -> HDF5Handle {
        if file.exists(path) {
            throw file.fail(path, "something of that name is in the shard already")
        }
        try makeGroupsAbove(path)
        let creation = try HDF5File.list(hire_h5p_dataset_create(), name)
        let bytes = shape.elementCount * elementSize
        if growing || (!shape.isEmpty && bytes >= 4096) {
            var chunk =
                wanted ?? options.chunk(Array(shape.dropFirst()), elementSize: elementSize)
            if !growing { chunk[0] = min(chunk[0], shape[0]) }
            let extents = chunk.map { hsize_t($0) }
            try file.check(
                H5Pset_chunk(creation.id, Int32(extents.count), extents), path, "cannot set chunks")
            if let level = options.gzip {
                try file.check(H5Pset_shuffle(creation.id), path, "cannot set the compression")
                try file.check(
                    H5Pset_deflate(creation.id, UInt32(level)), path, "cannot set the compression")
            }
            // Strings of any length are references into a heap, which no checksum of a chunk covers.
            if options.checksums, H5Tis_variable_str(type) <= 0 {
                try file.check(H5Pset_fletcher32(creation.id), path, "cannot set the checksum")
            }
        }
        // Without times equal contents make equal bytes.
        try file.check(H5Pset_obj_track_times(creation.id, false), path, "cannot leave times out")
        try file.check(
            H5Pset_attr_creation_order(creation.id, hire_h5p_creation_order()), path,
            "cannot track the order")
        let links = try linkProperties(file)
        let space = try file.space(shape, unlimitedRows: growing, path)
        let id = H5Dcreate2(
            file.id, path, type, space.id, links.id, creation.id, hire_h5p_default())
        return try HDF5Handle(.dataset, id, name, path, "cannot make the dataset")
    }

    func label(
        _ dataset: hid_t, _ axes: [HDF5Axis], rank: Int, _ file: HDF5File, _ path: String
    ) throws {
        if axes.isEmpty { return }
        guard axes.count == rank else {
            throw file.fail(path, "expected \(rank) axis labels, got \(axes.map(\.label))")
        }
        for (index, axis) in axes.enumerated() {
            try file.check(
                H5DSset_label(dataset, UInt32(index), axis.label), path, "cannot label an axis")
            if let scalePath = axis.scale {
                let scale = try file.open(.dataset, scalePath)
                try file.check(
                    H5DSattach_scale(dataset, scale.id, UInt32(index)), path,
                    "cannot attach the scale \(scalePath)")
            }
        }
    }
}
