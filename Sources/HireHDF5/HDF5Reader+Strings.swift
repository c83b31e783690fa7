import CHDF5
import CHDF5Shims

extension HDF5Reader {
    /// Reads strings of either kind: `read` gets the type for memory and the memory.
    func readStrings(
        _ type: hid_t, _ space: hid_t, _ object: String,
        _ read: (hid_t, UnsafeMutableRawPointer) -> Int32
    ) throws -> [String] {
        guard HDF5Type.isString(type) else {
            throw file.fail(object, "expected strings, got numbers")
        }
        let shape = try file.shape(ofSpace: space, object)
        let count = shape.reduce(1, *)
        if count == 0 { return [] }
        if H5Tis_variable_str(type) > 0 {
            return try readVariable(type, space, object, count, read)
        }
        let size = H5Tget_size(type)
        guard count <= byteLimit / max(size, 1) else {
            throw file.fail(
                object, "\(count) strings of \(size) bytes exceed the limit of \(byteLimit)")
        }
        var bytes = [UInt8](repeating: 0, count: count * size)
        let status = bytes.withUnsafeMutableBytes { area in
            area.baseAddress.map { read(type, $0) } ?? -1
        }
        try file.check(status, object, "cannot read the strings; the file may be damaged")
        return (0..<count).map { index in
            let field = bytes[(index * size)..<((index + 1) * size)]
            return String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    private func readVariable(
        _ type: hid_t, _ space: hid_t, _ object: String, _ count: Int,
        _ read: (hid_t, UnsafeMutableRawPointer) -> Int32
    ) throws -> [String] {
        var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
        return try pointers.withUnsafeMutableBytes { area in
            guard let base = area.baseAddress else { return [] }
            try file.check(
                read(type, base), object, "cannot read the strings; the file may be damaged")
            defer { H5Dvlen_reclaim(type, space, hire_h5p_default(), base) }
            return area.bindMemory(to: UnsafeMutablePointer<CChar>?.self)
                .map { $0.map { String(cString: $0) } ?? "" }
        }
    }
}
