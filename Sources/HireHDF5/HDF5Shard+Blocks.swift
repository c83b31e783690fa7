import CHDF5
import CHDF5Shims
import HireArray

/// Datasets that are filled block by block, and datasets put together from other files.
extension HDF5Shard {
    /// Makes a dataset of a fixed shape, to be filled by `fill`; what is never filled is zero.
    ///
    /// - Parameters:
    ///   - chunk: the extents of a chunk, no larger than the shape.
    ///   - axes: what each axis means, or none at all.
    /// - Throws: `HDF5Error` if the path is taken, or chunk or axes do not fit.
    public func declare(
        _ path: String, shape: [Int], dtype: DType, chunk: [Int], axes: [HDF5Axis] = []
    ) throws {
        try withFile { file in
            guard chunk.count == shape.count, zip(chunk, shape).allSatisfy({ $0 > 0 && $0 <= $1 })
            else {
                throw file.fail(
                    path, "expected chunks from 1 up to the shape \(shape), got \(chunk)")
            }
            let type = try HDF5Type.make(dtype, file, path)
            let dataset = try createDataset(
                path, shape: shape, type: type.id, elementSize: dtype.byteSize, growing: false,
                chunk: chunk, file)
            try label(dataset.id, axes, rank: shape.count, file, path)
        }
    }

    /// Fills a block of a dataset that was declared.
    ///
    /// - Parameter start: where the block's first element stands.
    /// - Throws: `HDF5Error` for blocks that reach outside or have another dtype.
    public func fill(_ path: String, at start: [Int], with block: NDArray) throws {
        try withFile { file in
            let dataset = try file.open(.dataset, path)
            let shape = try file.shape(ofDataset: dataset.id, path)
            guard start.count == shape.count, block.rank == shape.count,
                zip(zip(start, block.shape), shape).allSatisfy({ $0.0 >= 0 && $0.0 + $0.1 <= $1 })
            else {
                throw file.fail(
                    path, "a block \(block.shape) at \(start) does not fit the shape \(shape)")
            }
            let stored = try HDF5Handle(
                .type, H5Dget_type(dataset.id), name, path, "cannot read the type")
            let dtype = try HDF5Type.dtype(of: stored.id, file, path)
            guard dtype == block.dtype else {
                throw file.fail(
                    path,
                    "expected a block of dtype \(dtype.shortName), got \(block.dtype.shortName)")
            }
            if block.count == 0 { return }
            let type = try HDF5Type.make(dtype, file, path)
            let inFile = try file.space(shape, path)
            try file.select(start, block.shape, of: inFile.id, path)
            let inMemory = try file.space(block.shape, path)
            try block.withContiguousBytes(operation: "fill \(path)") { bytes in
                try file.check(
                    H5Dwrite(
                        dataset.id, type.id, inMemory.id, inFile.id, hire_h5p_default(),
                        bytes.baseAddress), path, "cannot write the values")
            }
        }
    }

    /// A block of a virtual dataset: a whole dataset of another file and the place where it stands.
    public struct Piece: Sendable {
        let file: String
        let object: String
        let shape: [Int]
        let start: [Int]
        /// Extents behind the first axis.
        public var trailing: [Int] { Array(shape.dropFirst()) }

        /// Whether it has no elements, and so no place.
        public var isEmpty: Bool { shape.contains(0) }

        /// A piece.
        ///
        /// - Parameters:
        ///   - file: named relative to the folder in which the shard will stand.
        ///   - shape: of the dataset `object` in it.
        ///   - start: where its first element stands in the whole.
        public init(file: String, object: String, shape: [Int], start: [Int]) {
            self.file = file
            self.object = object
            self.shape = shape
            self.start = start
        }
    }

    /// Makes a virtual dataset: readers see one array, whose numbers stand in other files (HDF5 1.10 and h5py 2.9
    /// read it).
    ///
    /// - Throws: `HDF5Error` if the path is taken or a piece reaches outside the shape.
    public func join(
        _ path: String, shape: [Int], dtype: DType, from pieces: [Piece], axes: [HDF5Axis] = []
    ) throws {
        try withFile { file in
            if file.exists(path) {
                throw file.fail(path, "something of that name is in the shard already")
            }
            try makeGroupsAbove(path)
            let creation = try HDF5File.list(hire_h5p_dataset_create(), name)
            for piece in pieces {
                guard piece.start.count == shape.count, piece.shape.count == shape.count,
                    zip(zip(piece.start, piece.shape), shape).allSatisfy({
                        $0.0 >= 0 && $0.0 + $0.1 <= $1
                    })
                else {
                    throw file.fail(
                        path,
                        "a piece \(piece.shape) at \(piece.start) does not fit the shape \(shape)")
                }
                let whole = try file.space(shape, path)
                try file.select(piece.start, piece.shape, of: whole.id, path)
                let source = try file.space(piece.shape, path)
                // HDF5 reads both names as formats, in which %b counts blocks.
                let names = [piece.file, piece.object].map { name in
                    name.split(separator: "%", omittingEmptySubsequences: false)
                        .joined(separator: "%%")
                }
                try file.check(
                    H5Pset_virtual(creation.id, whole.id, names[0], names[1], source.id),
                    path, "cannot join \(piece.file)")
            }
            try file.check(
                H5Pset_obj_track_times(creation.id, false), path, "cannot leave times out")
            let type = try HDF5Type.make(dtype, file, path)
            let links = try linkProperties(file)
            let space = try file.space(shape, path)
            let id = H5Dcreate2(
                file.id, path, type.id, space.id, links.id, creation.id, hire_h5p_default())
            let dataset = try HDF5Handle(.dataset, id, name, path, "cannot make the dataset")
            try label(dataset.id, axes, rank: shape.count, file, path)
        }
    }
}

extension HDF5File {
    /// Selects a block of a space.
    func select(_ start: [Int], _ shape: [Int], of space: hid_t, _ object: String) throws {
        try check(
            H5Sselect_hyperslab(
                space, H5S_SELECT_SET, start.map { hsize_t($0) }, nil, shape.map { hsize_t($0) },
                nil), object, "cannot select a block")
    }
}
