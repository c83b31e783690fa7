import HireArray

extension NDArray {
    /// Calls the body with the elements in row-major order; a strided view is gathered into a copy first.
    ///
    /// - Throws: `ArrayError.noValues` in a shapes-only run.
    func withContiguousBytes<Result>(
        operation: String, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) throws -> Result {
        guard let base = storage.pointer else { throw ArrayError.noValues(operation: operation) }
        let size = dtype.byteSize
        let first = base + offset * size
        if isContiguous {
            return try body(UnsafeRawBufferPointer(start: first, count: byteCount))
        }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: byteCount, alignment: 16)
        defer { copy.deallocate() }
        var written = 0
        forEachOffset { position in
            let element = UnsafeRawBufferPointer(start: first + position * size, count: size)
            copy[written..<(written + size)].copyBytes(from: element)
            written += size
        }
        return try body(UnsafeRawBufferPointer(copy))
    }

    /// A contiguous array in host memory that belongs to no back-end, for bookkeeping datasets.
    init<T: Element>(onHost values: [T], shape: Shape) throws {
        let storage = try Storage(byteCount: values.count * T.dtype.byteSize, ledger: nil)
        if let pointer = storage.pointer {
            values.withUnsafeBytes { bytes in
                UnsafeMutableRawBufferPointer(start: pointer, count: bytes.count).copyMemory(
                    from: bytes)
            }
        }
        self.init(storage: storage, dtype: T.dtype, shape: shape)
    }
}
