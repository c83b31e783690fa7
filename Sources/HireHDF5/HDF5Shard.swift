import CHDF5
import CHDF5Shims
import HireArray
import HireFiles

/// An HDF5 file under construction, in memory only; `finish` gives the bytes of the file.
///
/// HDF5 itself never touches the disk: the finished bytes go through `AtomicWriter`, so a killed process or a
/// full disk leaves no half file. Memory stays below twice the file's size, so shards are meant to hold
/// 8 to 64 MiB. The format is that of HDF5 1.8 to 1.10, which h5py, MATLAB and h5netcdf read without options.
/// Paths are absolute and separated by `/`; groups on the way are made. One shard may be used from any thread.
public final class HDF5Shard: @unchecked Sendable {
    /// The name that messages call this shard by.
    public let name: String
    /// How datasets are stored.
    public let options: HDF5Options
    private let image: HDF5Image?
    // Touched only inside `HDF5Library.run`, which admits one thread at a time.
    private var file: HDF5File?
    // Datasets that grow stay open until the shard is finished; so do the places where their chunks are put together.
    var growing: [String: GrowingDataset] = [:]
    var scratch: [UInt8] = []

    /// An empty shard.
    ///
    /// - Parameter image: memory to build in, which `finishInPlace` leaves filled; nil for memory of its own.
    /// - Throws: `HDF5Error` if gzip was asked for and this build of HDF5 lacks it.
    public init(
        name: String = "shard", options: HDF5Options = HDF5Options(), image: HDF5Image? = nil
    ) throws {
        self.name = name
        self.options = options
        self.image = image
        file = try HDF5Library.run { try HDF5File.inMemory(name, image: image) }
        if let level = options.gzip {
            guard (1...9).contains(level) else {
                throw HDF5Error(
                    file: name, problem: "expected a gzip level from 1 to 9, got \(level)")
            }
            guard HDF5Library.run({ hire_h5z_has_deflate() }) != 0 else {
                throw HDF5Error(file: name, problem: "this build of the HDF5 library has no gzip")
            }
        }
    }

    deinit {
        // The library writes what is left when it closes the file, so the image must still be there.
        HDF5Library.run {
            closeGrowing()
            file = nil
        }
    }

    /// Closes the growing datasets: alone, before the file, and in the order of their paths.
    ///
    /// What the library holds back of them is given its place in the file now; a dictionary's order would make the
    /// bytes of equal contents differ.
    private func closeGrowing() {
        for path in growing.keys.sorted() { growing[path] = nil }
    }

    /// Runs a body with the open file, alone.
    func withFile<Result>(_ body: (HDF5File) throws -> Result) throws -> Result {
        try HDF5Library.run {
            guard let file else {
                throw HDF5Error(file: name, problem: "the shard is finished and takes nothing more")
            }
            return try body(file)
        }
    }

    /// Makes a group and those above it; a group that is there already stays.
    public func makeGroup(_ path: String) throws {
        try withFile { file in
            if file.exists(path) { return }
            try makeGroupsAbove(path)
            let links = try linkProperties(file)
            let creation = try HDF5File.list(hire_h5p_group_create(), name)
            let order = hire_h5p_creation_order()
            try file.check(
                H5Pset_link_creation_order(creation.id, order), path, "cannot track the order")
            try file.check(
                H5Pset_obj_track_times(creation.id, false), path, "cannot leave times out")
            let id = H5Gcreate2(file.id, path, links.id, creation.id, hire_h5p_default())
            _ = try HDF5Handle(.group, id, name, path, "cannot make the group")
        }
    }

    /// Adds a link to an object in another file, named relative to the folder in which this one will stand.
    public func link(_ path: String, toFile target: String, object: String) throws {
        try withFile { file in
            try makeGroupsAbove(path)
            let links = try linkProperties(file)
            try file.check(
                H5Lcreate_external(target, object, file.id, path, links.id, hire_h5p_default()),
                path,
                "cannot make the link to \(target)")
        }
    }

    /// The bytes of the finished file; the shard takes nothing more afterwards.
    public func finish() throws -> [UInt8] {
        try HDF5Library.run {
            closeGrowing()
            let bytes = try withFile { file in
                try file.check(H5Fflush(file.id, H5F_SCOPE_GLOBAL), "", "cannot finish the file")
                let size = H5Fget_file_image(file.id, nil, 0)
                try file.check(Int32(clamping: size), "", "cannot finish the file")
                return try [UInt8](unsafeUninitializedCapacity: size) { buffer, initialised in
                    let got = H5Fget_file_image(file.id, buffer.baseAddress, size)
                    try file.check(Int32(clamping: got), "", "cannot finish the file")
                    initialised = got
                }
            }
            file = nil
            return bytes
        }
    }

    /// Ends the file where it was built: its bytes are the image's from now on; the shard takes nothing more.
    public func finishInPlace() throws {
        guard let image else {
            throw HDF5Error(file: name, problem: "the shard was not begun in an image")
        }
        try HDF5Library.run {
            closeGrowing()
            let size = try withFile { file in
                try file.check(H5Fflush(file.id, H5F_SCOPE_GLOBAL), "", "cannot finish the file")
                let size = H5Fget_file_image(file.id, nil, 0)
                try file.check(Int32(clamping: size), "", "cannot finish the file")
                return size
            }
            file = nil  // closes it, which marks it as closed
            image.byteCount = size
        }
    }

    /// Finishes the shard and writes it as a file, whole or not at all.
    ///
    /// - Returns: the bytes written, for a digest.
    @discardableResult
    public func write(to path: String, with writer: AtomicWriter = AtomicWriter()) throws -> [UInt8]
    {
        let bytes = try finish()
        try writer.write(bytes, to: path)
        HDF5Quarantine.wrote(path)
        return bytes
    }

    /// The groups above get the same properties as those made by name.
    func makeGroupsAbove(_ path: String) throws {
        let parts = path.split(separator: "/").dropLast()
        var group = ""
        for part in parts {
            group += "/" + part
            try makeGroup(group)
        }
    }

    func linkProperties(_ file: HDF5File) throws -> HDF5Handle {
        let list = try HDF5File.list(hire_h5p_link_create(), name)
        try file.check(
            H5Pset_char_encoding(list.id, H5T_CSET_UTF8), "", "cannot choose UTF-8 for names")
        return list
    }
}
