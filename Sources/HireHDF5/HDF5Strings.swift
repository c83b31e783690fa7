import Glibc

/// Lays strings out as the HDF5 library wants them in memory.
enum HDF5Strings {
    /// Calls the body with pointers to C strings, or, with a fixed size, with the bytes padded by zeros.
    static func withMemory<Result>(
        of strings: [String], fixedBytes: Int?, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        if let fixedBytes {
            let size = max(fixedBytes, 1)
            var bytes = [UInt8](repeating: 0, count: max(1, strings.count * size))
            for (index, string) in strings.enumerated() {
                for (place, byte) in string.utf8.enumerated() { bytes[index * size + place] = byte }
            }
            return try bytes.withUnsafeBytes { try body($0) }
        }
        let copies = strings.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        let pointers = copies + [nil]
        return try pointers.withUnsafeBytes { try body($0) }
    }
}
