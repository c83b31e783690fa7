#if canImport(Glibc)
    import Glibc
#endif

/// The memory behind one or more arrays.
///
/// A back-end makes it and only back-ends touch its bytes, so that a device back-end can hold something other
/// than host memory. After the kernel that fills it returns, the bytes are treated as immutable, which is what
/// makes sharing between threads sound; in-place kernels (optimiser steps) run only on storage their caller owns.
public final class Storage: @unchecked Sendable {
    /// The size in bytes.
    public let byteCount: Int
    /// The first byte, or nil when the array has a shape and no values.
    public let pointer: UnsafeMutableRawPointer?
    private let ledger: MemoryLedger?
    /// Where the memory goes afterwards.
    private let cache: BlockCache?
    /// Keeps alive memory that this storage did not allocate and does not free.
    private let owner: AnyObject?

    /// Allocates uninitialised memory and enters it in the ledger.
    ///
    /// Large arrays are aligned to cache lines; small ones come from the plain allocator, which is far cheaper and
    /// aligns to 16 bytes. Kernels must not count on more.
    ///
    /// - Parameter cache: holds large blocks between arrays.
    /// - Throws: `ArrayError.memory` if the system refuses.
    public init(byteCount: Int, ledger: MemoryLedger?, cache: BlockCache? = nil) throws {
        var raw = cache?.take(byteCount) ?? Storage.fresh(byteCount)
        if raw == nil, let cache {
            cache.empty()
            raw = Storage.fresh(byteCount)
        }
        guard let raw else { throw ArrayError.memory(bytes: byteCount, shape: []) }
        self.byteCount = byteCount
        self.pointer = raw
        self.ledger = ledger
        self.cache = cache
        owner = nil
        ledger?.record(byteCount)
    }

    /// Memory from the system, or nil if it refuses.
    private static func fresh(_ byteCount: Int) -> UnsafeMutableRawPointer? {
        if byteCount < 4096 { return malloc(max(byteCount, 1)) }
        var raw: UnsafeMutableRawPointer?
        return posix_memalign(&raw, 64, byteCount) == 0 ? raw : nil
    }

    /// Shows memory that someone else holds, such as a mapped file; no ledger counts it.
    ///
    /// The memory must be aligned to the elements that will be read from it, stay as it is for as long as `owner` lives,
    /// and take writes without harm (kernels write only to storage of their caller, but nothing stops a caller).
    public init(foreign pointer: UnsafeMutableRawPointer, byteCount: Int, owner: AnyObject) {
        self.byteCount = byteCount
        self.pointer = pointer
        ledger = nil
        cache = nil
        self.owner = owner
    }

    /// Stands for memory that does not exist: a shape without values.
    public init(shapeOnlyByteCount byteCount: Int, ledger: MemoryLedger? = nil) {
        self.byteCount = byteCount
        self.pointer = nil
        self.ledger = ledger
        cache = nil
        owner = nil
        ledger?.record(byteCount)
    }

    deinit {
        ledger?.record(-byteCount)
        guard owner == nil, let pointer else { return }
        if let cache { cache.give(pointer, byteCount) } else { free(pointer) }
    }
}
