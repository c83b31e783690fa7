import CHDF5Shims

/// Memory in which one file after another is built and from which it is written, without a copy.
///
/// A file that outgrows the capacity takes more. The bytes of a finished file stay until the next one is begun in the
/// same memory; whoever passes an image between threads hands it over whole.
public final class HDF5Image: @unchecked Sendable {
    let memory: OpaquePointer
    /// The size of the finished file; 0 while one is under construction.
    public internal(set) var byteCount = 0

    /// Reserves memory; the system provides it as it is filled.
    ///
    /// - Throws: `HDF5Error` if the system refuses.
    public init(capacity: Int) throws {
        guard let memory = hire_h5_image_make(max(capacity, 0)) else {
            throw HDF5Error(
                file: "shard", problem: "the system has no \(capacity) bytes of memory for a file")
        }
        self.memory = memory
    }

    deinit { hire_h5_image_release(memory) }

    /// The bytes of the finished file.
    public func withUnsafeBytes<Result>(
        _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        let bytes = UnsafeRawBufferPointer(
            start: hire_h5_image_bytes(memory), count: byteCount)
        return try body(bytes)
    }
}
