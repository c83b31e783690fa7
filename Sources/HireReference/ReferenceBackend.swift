import HireArray

/// The oracle back-end: every kernel in the most obvious way, in Double, for float32 and float64 arrays alike.
///
/// It is slow and easy to check by eye; the fast back-ends are compared with it element by element, and gradients
/// are checked against finite differences on it in float64. Its arrays live in host memory.
public final class ReferenceBackend: Backend {
    /// What messages and run files call this back-end.
    public let name = "reference"
    /// Counts the bytes that its arrays hold.
    public let ledger = MemoryLedger()
    /// Arrays hold values.
    public let computesValues = true

    /// A back-end with an empty ledger.
    public init() {}

    /// Whether arithmetic can be done on a dtype: float32 and float64.
    public func supports(_ dtype: DType) -> Bool { dtype == .float32 || dtype == .float64 }

    /// An uninitialised contiguous array.
    ///
    /// - Throws: `ArrayError.memory` if the system refuses the memory.
    public func allocate(_ shape: Shape, _ dtype: DType) throws -> NDArray {
        try .allocated(shape, dtype, ledger: ledger)
    }

    /// Sets every element.
    public func fill(_ out: NDArray, _ value: Double) {
        var result = Numbers(zeros: out.shape)
        for index in result.values.indices { result[index] = value }
        result.write(to: out)
    }

    /// Copies with conversion; int64 to int64 is exact, everything else goes through Double.
    public func copy(_ source: NDArray, into out: NDArray) {
        if source.dtype == .int64, out.dtype == .int64 {
            let from = source.pointer(as: Int64.self)
            let to = out.pointer(as: Int64.self)
            var positions: [Int] = []
            source.forEachOffset { positions.append($0) }
            var next = 0
            out.forEachOffset { position in
                to[position] = from[positions[next]]
                next += 1
            }
        } else {
            Numbers(source).write(to: out)
        }
    }
}
