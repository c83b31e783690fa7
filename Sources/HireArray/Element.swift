/// A Swift type that stands for one `DType` in memory.
public protocol Element: Sendable {
    /// The dtype whose bytes this type reads and writes.
    static var dtype: DType { get }
}

extension Float: Element {
    /// `float32`.
    public static var dtype: DType { .float32 }
}

extension Double: Element {
    /// `float64`.
    public static var dtype: DType { .float64 }
}

extension Float16: Element {
    /// `float16`.
    public static var dtype: DType { .float16 }
}

extension Int32: Element {
    /// `int32`.
    public static var dtype: DType { .int32 }
}

extension Int64: Element {
    /// `int64`.
    public static var dtype: DType { .int64 }
}

extension UInt8: Element {
    /// `uint8`.
    public static var dtype: DType { .uint8 }
}

extension Bool: Element {
    /// `bool`.
    public static var dtype: DType { .bool }
}
