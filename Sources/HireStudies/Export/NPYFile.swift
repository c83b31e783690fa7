import HireArray

/// One array as NumPy stores it: format 1.0, little-endian, row-major.
enum NPYFile {
    /// Writes a dataset; bfloat16 as float32, strings as `<U` of the longest.
    static func write(
        _ dataset: JoinedDataset, of source: JoinedShards,
        _ append: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        switch dataset.content {
        case .strings:
            var longest = 1
            try source.forEachStrings(of: dataset) { texts in
                longest = max(longest, texts.map(\.unicodeScalars.count).max() ?? 0)
            }
            try put(header("<U\(longest)", dataset.shape), append)
            try source.forEachStrings(of: dataset) { texts in
                var words: [UInt32] = []
                words.reserveCapacity(texts.count * longest)
                for text in texts {
                    let scalars = text.unicodeScalars.map(\.value)
                    words += scalars + [UInt32](repeating: 0, count: longest - scalars.count)
                }
                try words.withUnsafeBytes { try append($0) }
            }
        case .offsets:
            try put(header("<i8", dataset.shape), append)
            try source.offsets(of: dataset).withUnsafeBytes { try append($0) }
        case .array(let dtype):
            try put(header(code(dtype), dataset.shape), append)
            try source.forEachBlock(of: dataset) { _, block in
                if dtype == .bfloat16 {
                    try block.elements(BFloat16.self).map(\.floatValue)
                        .withUnsafeBytes { try append($0) }
                } else if let memory = block.storage.pointer {
                    try append(UnsafeRawBufferPointer(start: memory, count: block.byteCount))
                }
            }
        }
    }

    /// What stands in front of the elements: a multiple of 64 bytes.
    static func header(_ code: String, _ shape: [Int]) -> [UInt8] {
        let extents = shape.map { "\($0)," }.joined(separator: " ")
        // A pair needs no comma behind it; Python writes none, one element needs it.
        let inner = shape.count > 1 ? String(extents.dropLast()) : extents
        var text = "{'descr': '\(code)', 'fortran_order': False, 'shape': (\(inner)), }"
        while (10 + text.utf8.count + 1) % 64 != 0 { text += " " }
        text += "\n"
        let count = text.utf8.count
        return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(count & 0xFF), UInt8(count >> 8)]
            + Array(text.utf8)
    }

    private static func code(_ dtype: DType) -> String {
        switch dtype {
        case .float32, .bfloat16: "<f4"
        case .float64: "<f8"
        case .float16: "<f2"
        case .int32: "<i4"
        case .int64: "<i8"
        case .uint8: "|u1"
        case .bool: "|b1"
        }
    }

    private static func put(_ bytes: [UInt8], _ append: (UnsafeRawBufferPointer) throws -> Void)
        throws
    {
        try bytes.withUnsafeBytes { try append($0) }
    }
}
