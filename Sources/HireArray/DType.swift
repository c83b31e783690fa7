/// The element types an array can hold.
///
/// Computation happens in `float32` (and `float64` on the reference back-end); `float16` and `bfloat16` are
/// storage types that kernels widen as they read.
public enum DType: String, Sendable, CaseIterable, Codable {
    case float32, float64, float16, bfloat16, int32, int64, uint8, bool

    /// Bytes that one element takes.
    public var byteSize: Int {
        switch self {
        case .float64, .int64: 8
        case .float32, .int32: 4
        case .float16, .bfloat16: 2
        case .uint8, .bool: 1
        }
    }

    /// Whether elements are floating-point numbers (the only ones that carry gradients).
    public var isFloatingPoint: Bool {
        switch self {
        case .float32, .float64, .float16, .bfloat16: true
        case .int32, .int64, .uint8, .bool: false
        }
    }

    /// The short name used in messages and printed tensors, such as `f32`.
    public var shortName: String {
        switch self {
        case .float32: "f32"
        case .float64: "f64"
        case .float16: "f16"
        case .bfloat16: "bf16"
        case .int32: "i32"
        case .int64: "i64"
        case .uint8: "u8"
        case .bool: "bool"
        }
    }
}
