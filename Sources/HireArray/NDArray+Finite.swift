extension NDArray {
    /// The place, in row-major order, of the first element that is NaN or infinite; nil if there is none, or no values.
    ///
    /// Looks at the bits of the exponent, so half-width numbers are not widened.
    public func firstNotFinite() -> Int? {
        guard hasValues, isContiguous else { return nil }
        switch dtype {
        case .float32: return first(UInt32.self, exponent: 0x7F80_0000)
        case .float64: return first(UInt64.self, exponent: 0x7FF0_0000_0000_0000)
        case .float16: return first(UInt16.self, exponent: 0x7C00)
        case .bfloat16: return first(UInt16.self, exponent: 0x7F80)
        case .int32, .int64, .uint8, .bool: return nil
        }
    }

    private func first<Bits: FixedWidthInteger>(_ type: Bits.Type, exponent: Bits) -> Int? {
        guard let base = storage.pointer else { return nil }
        let elements = base.assumingMemoryBound(to: Bits.self) + offset
        // Blocks keep the loop without branches, which the compiler turns into vector instructions.
        var start = 0
        while start < count {
            let end = min(count, start + 4096)
            var found: Bits = 0
            for index in start..<end { found |= elements[index] & exponent == exponent ? 1 : 0 }
            if found != 0 { return (start..<end).first { elements[$0] & exponent == exponent } }
            start = end
        }
        return nil
    }
}
