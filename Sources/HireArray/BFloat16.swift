/// A bfloat16 number: the upper half of a float32.
public struct BFloat16: Element, Equatable {
    /// The sixteen stored bits: sign, eight exponent bits, seven mantissa bits.
    public var bits: UInt16

    /// `bfloat16`.
    public static var dtype: DType { .bfloat16 }

    /// Rounds to nearest, ties to even, as PyTorch does; NaN stays NaN.
    @inlinable
    public init(_ value: Float) {
        let pattern = value.bitPattern
        if value.isNaN {
            bits = UInt16(truncatingIfNeeded: pattern >> 16) | 0x0040
        } else {
            bits = UInt16(truncatingIfNeeded: (pattern &+ 0x7FFF &+ ((pattern >> 16) & 1)) >> 16)
        }
    }

    /// The exact float32 value.
    @inlinable
    public var floatValue: Float { Float(bitPattern: UInt32(bits) << 16) }
}
