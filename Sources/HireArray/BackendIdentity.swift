/// What a back-end computes with, as far as the bits of its results may depend on it.
public struct BackendIdentity: Sendable, Equatable {
    /// Threads that compute.
    public var threads: Int
    /// The library of matrix products with its version and how it was built, such as "OpenBLAS 0.3.21 DYNAMIC_ARCH";
    /// nil where the back-end multiplies itself.
    public var matrixLibrary: String?
    /// The processor family that the library chose its kernels for, such as "Zen".
    public var matrixKernels: String?
    /// Whether products with bfloat16 weights round their other operand too.
    public var roundsBFloat16: Bool

    /// An identity from its parts.
    public init(
        threads: Int = 1, matrixLibrary: String? = nil, matrixKernels: String? = nil,
        roundsBFloat16: Bool = false
    ) {
        self.roundsBFloat16 = roundsBFloat16
        self.threads = threads
        self.matrixLibrary = matrixLibrary
        self.matrixKernels = matrixKernels
    }
}

extension Backend {
    /// One thread and no library.
    public var identity: BackendIdentity { BackendIdentity() }
}
