import HireArray

/// An element type by the class of storage that PyTorch's pickles name.
struct TorchElement: Sendable {
    /// The name of the class in the module `torch`.
    let storageClass: String
    let byteSize: Int
    /// What this toolkit reads it as; nil for types that it has no use for.
    let dtype: DType?

    static let all: [TorchElement] = [
        .init(storageClass: "FloatStorage", byteSize: 4, dtype: .float32),
        .init(storageClass: "DoubleStorage", byteSize: 8, dtype: .float64),
        .init(storageClass: "HalfStorage", byteSize: 2, dtype: .float16),
        .init(storageClass: "BFloat16Storage", byteSize: 2, dtype: .bfloat16),
        .init(storageClass: "LongStorage", byteSize: 8, dtype: .int64),
        .init(storageClass: "IntStorage", byteSize: 4, dtype: .int32),
        .init(storageClass: "ShortStorage", byteSize: 2, dtype: nil),
        .init(storageClass: "CharStorage", byteSize: 1, dtype: nil),
        .init(storageClass: "ByteStorage", byteSize: 1, dtype: .uint8),
        .init(storageClass: "BoolStorage", byteSize: 1, dtype: .bool),
    ]
}
