import CHDF5

/// An identifier of the HDF5 library, closed exactly once: when this value goes out of scope.
struct HDF5Handle: ~Copyable {
    enum Kind {
        case file, dataset, group, object, attribute, type, space, list
    }

    let id: hid_t
    private let kind: Kind

    /// Takes ownership of what a call returned.
    ///
    /// - Throws: `HDF5Error` with the library's report if the call failed.
    init(
        _ kind: Kind, _ id: hid_t, _ file: String, _ object: String,
        _ problem: @autoclosure () -> String
    ) throws {
        if id < 0 { throw HDF5Library.error(file, object, problem()) }
        self.id = id
        self.kind = kind
        HDF5Library.countHandle(1)
    }

    deinit {
        HDF5Library.run {
            switch kind {
            case .file: _ = H5Fclose(id)
            case .dataset: _ = H5Dclose(id)
            case .group: _ = H5Gclose(id)
            case .object: _ = H5Oclose(id)
            case .attribute: _ = H5Aclose(id)
            case .type: _ = H5Tclose(id)
            case .space: _ = H5Sclose(id)
            case .list: _ = H5Pclose(id)
            }
        }
        HDF5Library.countHandle(-1)
    }
}
