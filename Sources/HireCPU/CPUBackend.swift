import COpenBLAS
import CVectorShims
import HireArray

#if canImport(Glibc)
    import Glibc
#endif

/// The fast back-end: OpenBLAS for matrix products, Swift SIMD kernels for all else, on several threads.
///
/// Computes in float32. Every dtype can be allocated, filled, copied, converted and indexed; float16 and bfloat16 are
/// also taken by `matmul`, which widens them piece by piece. float64 arrays are taken by `allocate`, `fill`, `copy`
/// and the indexing kernels only, which callers check: double precision belongs to the reference back-end.
///
/// Results have the same bits each time for the same shapes and thread count: work is split by shape, partial
/// sums are added in a fixed order, and no two threads add to one place. An invariant back-end gives a sample the same
/// bits with any number of threads and in any batch; only matrix products are slower for it (`OrderedProduct.swift`).
public final class CPUBackend: Backend {
    /// What messages and run files call this back-end, such as "cpu".
    public let name = "cpu"
    /// Counts the bytes that this back-end's arrays hold.
    public let ledger: MemoryLedger
    /// Whether arrays hold values; false for the back-end that computes only shapes.
    public let computesValues = true
    /// The number of threads that compute.
    public let threads: Int
    /// How products with bfloat16 weights read their other operand.
    public let bfloat16Products: BFloat16Products
    /// Whether a sample's bits depend on neither its batch nor the number of threads.
    public let isInvariant: Bool
    /// Counts the multiply-adds of kernels, if it was asked for.
    public let work: WorkCounter?
    let pool: WorkerPool
    /// Large blocks between arrays; what is held there no ledger counts.
    private let cache = BlockCache(limit: 512 << 20)
    /// Whether rows of pixels are computed in registers of 8 floats even where there are wider ones, for tests.
    let usesNarrowRows: Bool

    /// A back-end with its own threads.
    ///
    /// - Parameters:
    ///   - threads: how many threads compute, the caller included; nil takes one per available core.
    ///   - ledger: where the bytes of this back-end's arrays are counted.
    ///   - bfloat16Products: whether products with bfloat16 weights may round their other operand.
    ///   - isInvariant: whether a sample's bits may depend on neither its batch nor the number of threads.
    ///   - work: where kernels count the multiply-adds they make; nil counts nothing.
    public convenience init(
        threads: Int? = nil, ledger: MemoryLedger = MemoryLedger(),
        bfloat16Products: BFloat16Products = .exact, isInvariant: Bool = false,
        work: WorkCounter? = nil
    ) {
        self.init(
            threads: threads, ledger: ledger, bfloat16Products: bfloat16Products,
            isInvariant: isInvariant, work: work, usesNarrowRows: false)
    }

    init(
        threads: Int?, ledger: MemoryLedger = MemoryLedger(),
        bfloat16Products: BFloat16Products = .exact, isInvariant: Bool = false,
        work: WorkCounter? = nil, usesNarrowRows: Bool
    ) {
        self.work = work
        self.usesNarrowRows = usesNarrowRows
        self.isInvariant = isInvariant
        self.ledger = ledger
        self.bfloat16Products = bfloat16Products
        self.threads = min(max(threads ?? CPUBackend.availableCores, 1), 256)
        pool = WorkerPool(threads: self.threads)
        // This back-end splits products itself, so that the split depends on shapes only.
        openblas_set_num_threads(1)
        // Memory stays with the process: returning a tensor's pages and faulting them in again costs more than
        // many a kernel.
        mallopt(M_MMAP_THRESHOLD, 32 << 20)
        mallopt(M_TRIM_THRESHOLD, 512 << 20)
    }

    deinit { pool.shutDown() }

    /// The kernels for rows of pixels.
    var rowKernels: hire_row_kernels {
        usesNarrowRows ? hire_row_kernels_of_eight().pointee : hire_row_kernels_here().pointee
    }

    /// The cores that are online.
    public static var availableCores: Int {
        max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }

    /// The processor family that OpenBLAS chose its kernels for.
    public static var matrixKernels: String { String(cString: openblas_get_corename()) }

    /// Threads, and OpenBLAS with its version and kernels.
    public var identity: BackendIdentity {
        BackendIdentity(
            threads: threads, matrixLibrary: String(cString: openblas_get_config()),
            matrixKernels: CPUBackend.matrixKernels, roundsBFloat16: bfloat16Products == .rounded)
    }

    // MARK: Memory

    /// An uninitialised contiguous array.
    public func allocate(_ shape: Shape, _ dtype: DType) throws -> NDArray {
        try .allocated(shape, dtype, ledger: ledger, cache: cache)
    }
}
