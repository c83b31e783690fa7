extension NDArray {
    /// The bytes that an array takes.
    ///
    /// - Throws: `ArrayError.memory` if their number does not fit an integer or an extent is negative.
    public static func byteCount(_ shape: Shape, _ dtype: DType) throws -> Int {
        var bytes = dtype.byteSize
        for extent in shape {
            let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
            if overflow || extent < 0 { throw ArrayError.memory(bytes: Int.max, shape: shape) }
            bytes = product
        }
        return bytes
    }

    /// An uninitialised contiguous array in host memory, entered in a back-end's ledger.
    ///
    /// - Parameter cache: holds large blocks between arrays.
    /// - Throws: `ArrayError.memory` if the ledger's limit does not allow it or the system refuses.
    public static func allocated(
        _ shape: Shape, _ dtype: DType, ledger: MemoryLedger, cache: BlockCache? = nil
    ) throws -> NDArray {
        let bytes = try byteCount(shape, dtype)
        guard bytes <= ledger.limit - ledger.liveBytes else {
            throw ArrayError.memory(bytes: bytes, shape: shape)
        }
        guard let storage = try? Storage(byteCount: bytes, ledger: ledger, cache: cache) else {
            throw ArrayError.memory(bytes: bytes, shape: shape)
        }
        return NDArray(storage: storage, dtype: dtype, shape: shape)
    }
}
