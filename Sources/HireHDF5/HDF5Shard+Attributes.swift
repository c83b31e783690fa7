import CHDF5
import CHDF5Shims
import HireArray

extension HDF5Shard {
    /// Sets an attribute of a group or dataset, `/` being the file itself; replaces one of that name.
    public func setAttribute(_ name: String, _ value: HDF5Value, on path: String = "/") throws {
        try withFile { file in
            let place = "\(path)@\(name)"
            let object = try file.open(.object, path)
            if H5Aexists(object.id, name) > 0 {
                try file.check(H5Adelete(object.id, name), place, "cannot replace the attribute")
            }
            switch value {
            case .string(let text): try write([text], [], name, object.id, file, place)
            case .strings(let texts): try write(texts, [texts.count], name, object.id, file, place)
            case .integer(let number):
                try write([number], .int64, [], name, object.id, file, place)
            case .integers(let numbers):
                try write(numbers, .int64, [numbers.count], name, object.id, file, place)
            case .number(let number):
                try write([number], .float64, [], name, object.id, file, place)
            case .numbers(let numbers):
                try write(numbers, .float64, [numbers.count], name, object.id, file, place)
            case .bool(let flag): try write([flag], .bool, [], name, object.id, file, place)
            }
        }
    }

    /// Sets attributes in their order.
    public func setAttributes(_ attributes: [(String, HDF5Value)], on path: String = "/") throws {
        for (name, value) in attributes { try setAttribute(name, value, on: path) }
    }

    private func write<T>(
        _ values: [T], _ dtype: DType, _ shape: [Int], _ attribute: String, _ object: hid_t,
        _ file: HDF5File, _ place: String
    ) throws {
        let type = try HDF5Type.make(dtype, file, place)
        let handle = try create(attribute, type.id, shape, object, file, place)
        if values.isEmpty { return }
        try values.withUnsafeBytes { bytes in
            try file.check(
                H5Awrite(handle.id, type.id, bytes.baseAddress), place, "cannot write the attribute"
            )
        }
    }

    private func write(
        _ values: [String], _ shape: [Int], _ attribute: String, _ object: hid_t, _ file: HDF5File,
        _ place: String
    ) throws {
        let type = try HDF5Type.string(bytes: nil, file, place)
        let handle = try create(attribute, type.id, shape, object, file, place)
        if values.isEmpty { return }
        try HDF5Strings.withMemory(of: values, fixedBytes: nil) { memory in
            try file.check(
                H5Awrite(handle.id, type.id, memory.baseAddress), place,
                "cannot write the attribute")
        }
    }

    private func create(
        _ attribute: String, _ type: hid_t, _ shape: [Int], _ object: hid_t, _ file: HDF5File,
        _ place: String
    ) throws -> HDF5Handle {
        let space = try file.space(shape, place)
        let id = H5Acreate2(
            object, attribute, type, space.id, hire_h5p_default(), hire_h5p_default())
        return try HDF5Handle(.attribute, id, file.name, place, "cannot make the attribute")
    }
}
