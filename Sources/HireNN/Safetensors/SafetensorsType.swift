import HireArray

/// An element type by its name in safetensors headers.
struct SafetensorsType: Equatable {
    let name: String
    let bits: Int
    /// What this toolkit reads it as; nil for types of the format that it has no use for.
    let dtype: DType?

    static let all: [SafetensorsType] = [
        .init(name: "F64", bits: 64, dtype: .float64),
        .init(name: "F32", bits: 32, dtype: .float32),
        .init(name: "F16", bits: 16, dtype: .float16),
        .init(name: "BF16", bits: 16, dtype: .bfloat16),
        .init(name: "I64", bits: 64, dtype: .int64), .init(name: "I32", bits: 32, dtype: .int32),
        .init(name: "U8", bits: 8, dtype: .uint8), .init(name: "BOOL", bits: 8, dtype: .bool),
        .init(name: "I16", bits: 16, dtype: nil), .init(name: "I8", bits: 8, dtype: nil),
        .init(name: "U16", bits: 16, dtype: nil), .init(name: "U32", bits: 32, dtype: nil),
        .init(name: "U64", bits: 64, dtype: nil), .init(name: "C64", bits: 64, dtype: nil),
        .init(name: "F8_E4M3", bits: 8, dtype: nil), .init(name: "F8_E5M2", bits: 8, dtype: nil),
        .init(name: "F8_E8M0", bits: 8, dtype: nil), .init(name: "F4", bits: 4, dtype: nil),
        .init(name: "F6_E2M3", bits: 6, dtype: nil), .init(name: "F6_E3M2", bits: 6, dtype: nil),
    ]

    private static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

    /// The type a header names.
    static func named(_ name: String) -> SafetensorsType? { byName[name] }

    /// The name of one of this toolkit's types.
    static func name(of dtype: DType) -> String {
        all.first { $0.dtype == dtype }?.name ?? dtype.shortName.uppercased()
    }
}
