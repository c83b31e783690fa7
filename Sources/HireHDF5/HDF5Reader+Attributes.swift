import CHDF5
import CHDF5Shims
import HireArray

extension HDF5Reader {
    /// The names of the attributes of a group or dataset, in the order in which they were made.
    public func attributeNames(_ path: String = "/") throws -> [String] {
        try HDF5Library.run {
            let object = try file.open(.object, path)
            var info = H5O_info_t()
            try file.check(H5Oget_info1(object.id, &info), path, "cannot list the attributes")
            let order =
                H5Aget_name_by_idx(
                    object.id, ".", H5_INDEX_CRT_ORDER, H5_ITER_INC, 0, nil, 0, hire_h5p_default())
                    < 0
                ? H5_INDEX_NAME : H5_INDEX_CRT_ORDER
            return try (0..<info.num_attrs).map { index in
                let length = H5Aget_name_by_idx(
                    object.id, ".", order, H5_ITER_INC, index, nil, 0, hire_h5p_default())
                try file.check(Int32(clamping: length), path, "cannot list the attributes")
                var text = [CChar](repeating: 0, count: length + 1)
                _ = H5Aget_name_by_idx(
                    object.id, ".", order, H5_ITER_INC, index, &text, text.count, hire_h5p_default()
                )
                return String(
                    decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
            }
        }
    }

    /// The value of an attribute, or nil if there is none of that name.
    ///
    /// - Throws: `HDF5Error` if it holds something else than strings, numbers or a boolean.
    public func attribute(_ attribute: String, on path: String = "/") throws -> HDF5Value? {
        try HDF5Library.run {
            let place = "\(path)@\(attribute)"
            let object = try file.open(.object, path)
            if H5Aexists(object.id, attribute) <= 0 { return nil }
            let handle = try HDF5Handle(
                .attribute, H5Aopen(object.id, attribute, hire_h5p_default()), name, place,
                "cannot open the attribute")
            let type = try HDF5Handle(
                .type, H5Aget_type(handle.id), name, place, "cannot read the type")
            let space = try HDF5Handle(
                .space, H5Aget_space(handle.id), name, place, "cannot read the shape")
            let shape = try file.shape(ofSpace: space.id, place)
            if HDF5Type.isString(type.id) {
                let texts = try readStrings(type.id, space.id, place) { memoryType, memory in
                    H5Aread(handle.id, memoryType, memory)
                }
                return shape.isEmpty ? .string(texts.first ?? "") : .strings(texts)
            }
            return try numbers(handle.id, type.id, shape, place)
        }
    }

    private func numbers(_ id: hid_t, _ type: hid_t, _ shape: [Int], _ place: String) throws
        -> HDF5Value
    {
        let scalar = shape.isEmpty
        switch try HDF5Type.dtype(of: type, file, place) {
        case .bool:
            let flags: [UInt8] = try read(id, .bool, shape, 0, place)
            return scalar ? .bool(flags[0] != 0) : .integers(flags.map(Int64.init))
        case .int32, .int64, .uint8:
            let values: [Int64] = try read(id, .int64, shape, 0, place)
            return scalar ? .integer(values[0]) : .integers(values)
        case .float16, .bfloat16, .float32, .float64:
            let values: [Double] = try read(id, .float64, shape, 0, place)
            return scalar ? .number(values[0]) : .numbers(values)
        }
    }

    private func read<T>(_ id: hid_t, _ dtype: DType, _ shape: [Int], _ zero: T, _ place: String)
        throws
        -> [T]
    {
        let count = shape.reduce(1, *)
        guard count <= byteLimit / dtype.byteSize else {
            throw file.fail(place, "the attribute of shape \(shape) is too large")
        }
        var values = [T](repeating: zero, count: count)
        if count == 0 { return values }
        let type = try HDF5Type.make(dtype, file, place)
        let status = values.withUnsafeMutableBytes { H5Aread(id, type.id, $0.baseAddress) }
        try file.check(status, place, "cannot read the attribute")
        return values
    }
}
