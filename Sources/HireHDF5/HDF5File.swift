import CHDF5
import CHDF5Shims

/// An open file and the name that messages call it by; closes with its last reference.
final class HDF5File {
    let handle: HDF5Handle
    let name: String

    var id: hid_t { handle.id }

    private init(_ handle: consuming HDF5Handle, _ name: String) {
        self.handle = handle
        self.name = name
    }

    /// A new file in memory that HDF5 never writes to a disk.
    ///
    /// - Parameter image: where it is built; memory of the library's own if nil.
    static func inMemory(_ name: String, image: HDF5Image?) throws -> HDF5File {
        let access = try list(hire_h5p_file_access(), name)
        // Growing by 1 MiB at a time; false = no file behind the memory.
        try HDF5Library.check(
            H5Pset_fapl_core(access.id, 1 << 20, false), name, "", "cannot build in memory")
        if let image {
            image.byteCount = 0
            try HDF5Library.check(
                hire_h5_image_use(access.id, image.memory), name, "", "cannot build in memory")
        }
        try HDF5Library.check(
            H5Pset_libver_bounds(access.id, H5F_LIBVER_EARLIEST, H5F_LIBVER_V110), name, "",
            "cannot choose the file format")
        let creation = try list(hire_h5p_file_create(), name)
        let order = hire_h5p_creation_order()
        try HDF5Library.check(
            H5Pset_link_creation_order(creation.id, order), name, "", "cannot track the order")
        try HDF5Library.check(
            H5Pset_obj_track_times(creation.id, false), name, "", "cannot leave times out")
        try HDF5Library.check(
            H5Pset_attr_creation_order(creation.id, order), name, "", "cannot track the order")
        // The library tells files in memory apart by their names, so each gets its own.
        let unique = "\(name)-\(UInt64.random(in: .min ... .max))"
        let id = H5Fcreate(unique, hire_h5f_truncate(), creation.id, access.id)
        return HDF5File(try HDF5Handle(.file, id, name, "", "cannot start the file"), name)
    }

    /// A finished file whose bytes are at hand; they are copied.
    static func image(_ bytes: UnsafeRawBufferPointer, _ name: String) throws -> HDF5File {
        let access = try list(hire_h5p_file_access(), name)
        try HDF5Library.check(
            H5Pset_fapl_core(access.id, 1 << 20, false), name, "", "cannot open in memory")
        // The library only reads what it is given here, though its signature does not say so.
        let start = UnsafeMutableRawPointer(mutating: bytes.baseAddress)
        try HDF5Library.check(
            H5Pset_file_image(access.id, start, bytes.count), name, "", "cannot open in memory")
        let unique = "\(name)-\(UInt64.random(in: .min ... .max))"
        let id = H5Fopen(unique, hire_h5f_read_only(), access.id)
        return HDF5File(
            try HDF5Handle(.file, id, name, "", "this is no HDF5 file, or it is damaged"), name)
    }

    /// A finished file on disk, read in place and without file locks (network disks have none).
    static func onDisk(_ path: String) throws -> HDF5File {
        let access = try list(hire_h5p_file_access(), path)
        try HDF5Library.check(H5Pset_file_locking(access.id, false, true), path, "", "cannot open")
        let id = H5Fopen(path, hire_h5f_read_only(), access.id)
        return HDF5File(
            try HDF5Handle(.file, id, path, "", "this is no HDF5 file, or it is damaged"), path)
    }

    static func list(_ kind: hid_t, _ name: String) throws -> HDF5Handle {
        try HDF5Handle(.list, H5Pcreate(kind), name, "", "cannot prepare the properties")
    }

    /// Throws the library's report with this file's name if a call failed.
    func check(_ status: Int32, _ object: String, _ problem: @autoclosure () -> String) throws {
        try HDF5Library.check(status, name, object, problem())
    }

    func fail(_ object: String, _ problem: String) -> HDF5Error {
        HDF5Error(file: name, object: object, problem: problem)
    }

    func open(_ kind: HDF5Handle.Kind, _ object: String) throws -> HDF5Handle {
        switch kind {
        case .dataset:
            try HDF5Handle(
                .dataset, H5Dopen2(id, object, hire_h5p_default()), name, object,
                "there is no such dataset")
        default:
            try HDF5Handle(
                .object, H5Oopen(id, object, hire_h5p_default()), name, object,
                "there is no such object")
        }
    }

    /// Whether something stands at a path; looks at every group on the way.
    func exists(_ object: String) -> Bool {
        var path = ""
        for part in object.split(separator: "/") {
            path += "/" + part
            if H5Lexists(id, path, hire_h5p_default()) <= 0 { return false }
        }
        return true
    }

    func space(_ shape: [Int], unlimitedRows: Bool = false, _ object: String) throws -> HDF5Handle {
        let extents = shape.map { hsize_t($0) }
        var limits = extents
        if unlimitedRows { limits[0] = hire_h5s_unlimited() }
        let space =
            shape.isEmpty
            ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, limits)
        return try HDF5Handle(.space, space, name, object, "cannot describe the shape \(shape)")
    }

    func shape(ofSpace space: hid_t, _ object: String) throws -> [Int] {
        let rank = H5Sget_simple_extent_ndims(space)
        try check(rank, object, "cannot read the shape")
        var extents = [hsize_t](repeating: 0, count: Int(rank))
        if rank > 0 {
            try check(
                H5Sget_simple_extent_dims(space, &extents, nil), object, "cannot read the shape")
        }
        return extents.map { Int(clamping: $0) }
    }
}

extension HDF5File {
    func shape(ofDataset dataset: hid_t, _ object: String) throws -> [Int] {
        let space = try HDF5Handle(
            .space, H5Dget_space(dataset), name, object, "cannot read the shape")
        return try shape(ofSpace: space.id, object)
    }
}
