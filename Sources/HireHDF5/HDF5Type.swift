import CHDF5
import CHDF5Shims
import HireArray

/// Translates between the dtypes of arrays and the types of HDF5.
enum HDF5Type {
    /// The type that an array's elements have in a file, which is also the type they have in memory.
    ///
    /// bfloat16 is a 16-bit float with 8 exponent bits, which h5py reads as float32; bool is h5py's own enumeration.
    static func make(_ dtype: DType, _ file: HDF5File, _ object: String) throws -> HDF5Handle {
        switch dtype {
        case .float32: return try copy(hire_h5t_f32(), file, object)
        case .float64: return try copy(hire_h5t_f64(), file, object)
        case .int32: return try copy(hire_h5t_i32(), file, object)
        case .int64: return try copy(hire_h5t_i64(), file, object)
        case .uint8: return try copy(hire_h5t_u8(), file, object)
        case .float16: return try small(exponent: 5, mantissa: 10, bias: 15, file, object)
        case .bfloat16: return try small(exponent: 8, mantissa: 7, bias: 127, file, object)
        case .bool:
            let type = try HDF5Handle(
                .type, H5Tenum_create(hire_h5t_i8()), file.name, object, "cannot make the type")
            for (name, value) in [("FALSE", Int8(0)), ("TRUE", Int8(1))] {
                let status = withUnsafeBytes(of: value) {
                    H5Tenum_insert(type.id, name, $0.baseAddress)
                }
                try file.check(status, object, "cannot make the type")
            }
            return type
        }
    }

    /// The type of UTF-8 strings; nil bytes means of any length.
    static func string(bytes: Int?, _ file: HDF5File, _ object: String) throws -> HDF5Handle {
        let type = try copy(hire_h5t_c_string(), file, object)
        let size = bytes.map { max($0, 1) } ?? hire_h5t_variable()
        try file.check(H5Tset_size(type.id, size), object, "cannot make the type")
        try file.check(H5Tset_cset(type.id, H5T_CSET_UTF8), object, "cannot make the type")
        if bytes != nil {
            try file.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), object, "cannot make the type")
        }
        return type
    }

    /// The dtype as which a file's numbers are read; integers of other widths are widened.
    ///
    /// - Throws: `HDF5Error` for strings and for types that no array has.
    static func dtype(of type: hid_t, _ file: HDF5File, _ object: String) throws -> DType {
        let size = H5Tget_size(type)
        switch H5Tget_class(type) {
        case H5T_FLOAT:
            switch (size, H5Tget_ebias(type)) {
            case (2, 15): return .float16
            case (2, 127): return .bfloat16
            case (4, _): return .float32
            case (8, _): return .float64
            default: break
            }
        case H5T_INTEGER:
            let signed = H5Tget_sign(type) == H5T_SGN_2
            switch (size, signed) {
            case (1, false): return .uint8
            case (1, true), (2, _), (4, true): return .int32
            case (4, false), (8, true): return .int64
            default: break
            }
        case H5T_ENUM where size == 1 && H5Tget_nmembers(type) == 2: return .bool
        case H5T_STRING:
            throw file.fail(object, "expected numbers, got strings (read them as strings)")
        default: break
        }
        throw file.fail(
            object,
            "expected numbers of a supported type, got a type of class "
                + "\(H5Tget_class(type).rawValue) with \(size) bytes")
    }

    static func isString(_ type: hid_t) -> Bool { H5Tget_class(type) == H5T_STRING }

    private static func copy(_ type: hid_t, _ file: HDF5File, _ object: String) throws -> HDF5Handle
    {
        try HDF5Handle(.type, H5Tcopy(type), file.name, object, "cannot make the type")
    }

    private static func small(
        exponent: Int, mantissa: Int, bias: Int, _ file: HDF5File, _ object: String
    ) throws -> HDF5Handle {
        let type = try copy(hire_h5t_f32(), file, object)
        try file.check(
            H5Tset_fields(type.id, 15, mantissa, exponent, 0, mantissa), object,
            "cannot make the type")
        try file.check(H5Tset_size(type.id, 2), object, "cannot make the type")
        try file.check(H5Tset_ebias(type.id, bias), object, "cannot make the type")
        return type
    }
}
