import HireArray

/// The back-end that computes shapes and costs and no numbers.
///
/// The very same model code runs on it in milliseconds at any size: arrays have shapes and no bytes, kernels do
/// nothing, and the ledger counts what the arrays would take.
public final class ShapesBackend: Backend {
    /// What messages and run files call this back-end.
    public let name = "shapes"
    /// Counts the bytes that its arrays would hold.
    public let ledger = MemoryLedger()
    /// Arrays hold no values.
    public let computesValues = false

    /// A back-end with an empty ledger.
    public init() {}

    /// Whether arithmetic can be done on a dtype: float32 and float64.
    public func supports(_ dtype: DType) -> Bool { dtype == .float32 || dtype == .float64 }

    /// An array with a shape and no values; its bytes are entered in the ledger as if they existed.
    ///
    /// - Throws: `ArrayError.memory` if the number of bytes does not fit an integer.
    public func allocate(_ shape: Shape, _ dtype: DType) throws -> NDArray {
        let bytes = try NDArray.byteCount(shape, dtype)
        let storage = Storage(shapeOnlyByteCount: bytes, ledger: ledger)
        return NDArray(storage: storage, dtype: dtype, shape: shape)
    }

    /// Computes nothing.
    public func fill(_ out: NDArray, _ value: Double) {}

    /// Computes nothing.
    public func copy(_ source: NDArray, into out: NDArray) {}
}
