import HireArray

/// Reads single elements of any dtype; for the kernels whose speed does not matter.
struct ElementReader {
    private let array: NDArray

    init(_ array: NDArray) { self.array = array }

    /// The element at an offset, as an integer (floating-point numbers are cut towards zero).
    func integer(_ offset: Int) -> Int {
        switch array.dtype {
        case .int32: Int(array.pointer(as: Int32.self)[offset])
        case .int64: Int(array.pointer(as: Int64.self)[offset])
        case .uint8: Int(array.pointer(as: UInt8.self)[offset])
        case .bool: array.pointer(as: Bool.self)[offset] ? 1 : 0
        case .float32, .float64, .float16, .bfloat16: clampedInt(number(offset))
        }
    }

    /// The element at an offset, as a Double.
    func number(_ offset: Int) -> Double {
        switch array.dtype {
        case .float32: Double(array.pointer(as: Float.self)[offset])
        case .float64: array.pointer(as: Double.self)[offset]
        case .float16: Double(array.pointer(as: Float16.self)[offset])
        case .bfloat16: Double(array.pointer(as: BFloat16.self)[offset].floatValue)
        case .int32, .int64, .uint8, .bool: Double(integer(offset))
        }
    }
}

/// Writes single elements of any dtype.
struct ElementWriter {
    private let array: NDArray

    init(_ array: NDArray) { self.array = array }

    /// Stores an integer; what does not fit keeps its low bits, bool becomes whether it is not 0.
    func set(_ offset: Int, _ value: Int) {
        switch array.dtype {
        case .int32: array.pointer(as: Int32.self)[offset] = Int32(truncatingIfNeeded: value)
        case .int64: array.pointer(as: Int64.self)[offset] = Int64(value)
        case .uint8: array.pointer(as: UInt8.self)[offset] = UInt8(truncatingIfNeeded: value)
        case .bool: array.pointer(as: Bool.self)[offset] = value != 0
        case .float32, .float64, .float16, .bfloat16: set(offset, Double(value))
        }
    }

    /// Stores a number; integer dtypes cut towards zero, bool becomes whether it is not 0.
    func set(_ offset: Int, _ value: Double) {
        switch array.dtype {
        case .float32: array.pointer(as: Float.self)[offset] = Float(value)
        case .float64: array.pointer(as: Double.self)[offset] = value
        case .float16: array.pointer(as: Float16.self)[offset] = Float16(Float(value))
        case .bfloat16: array.pointer(as: BFloat16.self)[offset] = BFloat16(Float(value))
        case .bool: array.pointer(as: Bool.self)[offset] = value != 0
        case .int32, .int64, .uint8: set(offset, clampedInt(value))
        }
    }
}
