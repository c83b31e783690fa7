import HireArray

extension Tensor {
    /// Checks that the back-end computes with this tensor's dtype.
    ///
    /// - Throws: `ArrayError.dtype`.
    func requireNumbers(_ operation: String) throws {
        if dtype == .float32 { return }
        guard dtype.isFloatingPoint, backend.supports(dtype) else {
            throw ArrayError.dtype(
                operation: operation,
                expected:
                    "\(context.dtype.shortName), in which the \(backend.name) back-end computes",
                got: "\(dtype.shortName) (cast it first)")
        }
    }

    /// Checks that two operands live in one context and have one dtype that the back-end computes with.
    static func requireNumbers(_ operation: String, _ first: Tensor, _ second: Tensor) throws {
        guard first.context === second.context else {
            throw GraphError.mixedContexts(operation: operation)
        }
        try first.requireNumbers(operation)
        guard first.dtype == second.dtype else {
            throw ArrayError.dtype(
                operation: operation, expected: "\(first.dtype.shortName) for both operands",
                got: "\(first.dtype.shortName) and \(second.dtype.shortName)")
        }
    }

    /// Checks an operand beside this one: same context, same dtype.
    func requireCompanion(_ operation: String, _ other: Tensor?, shape: Shape, called name: String)
        throws
    {
        guard let other else { return }
        try Tensor.requireNumbers(operation, self, other)
        guard other.shape == shape else {
            throw ArrayError.shape(
                operation: operation, expected: "\(name) of shape \(shape)", got: "\(other.shape)")
        }
    }

    /// Checks the number of axes.
    func requireRank(_ rank: Int, _ operation: String, layout: String) throws {
        guard self.rank == rank else {
            throw ArrayError.shape(
                operation: operation, expected: "\(rank) dimensions \(layout)", got: "\(shape)")
        }
    }

    /// Checks int32 indices: their dtype, and, where there are values, that each lies in 0..<`extent`.
    func requireIndices(
        _ operation: String, below extent: Int, in context: Context, excluding ignored: Int? = nil
    ) throws {
        guard self.context === context else { throw GraphError.mixedContexts(operation: operation) }
        guard dtype == .int32 else {
            throw ArrayError.dtype(
                operation: operation, expected: "i32 for indices", got: dtype.shortName)
        }
        guard let bounds = array.indexBounds(excluding: ignored.map(Int32.init)) else { return }
        guard bounds.lowerBound >= 0, bounds.upperBound < extent else {
            throw ArrayError.index(
                operation: operation, what: "index",
                got: bounds.lowerBound < 0 ? bounds.lowerBound : bounds.upperBound,
                range: "0..<\(extent)")
        }
    }

    /// A fresh contiguous array of zeros like this tensor's dtype.
    func zeroArray(_ shape: Shape) throws -> NDArray {
        let out = try backend.allocate(shape, dtype)
        backend.fill(out, 0)
        context.note("zeros", [], out)
        return out
    }

    /// A constant in this tensor's context.
    func constant(_ array: NDArray) -> Tensor { Tensor(array, in: context) }
}

/// Checks that a number given as an argument is at least `minimum`, and small enough that sizes computed from two of its kind fit
/// an integer.
func requireAtLeast(
    _ minimum: Int, _ value: Int, _ operation: String, _ name: String, most: Int = 1 << 31
) throws {
    guard value >= minimum else {
        throw ArrayError.argument(
            operation: operation, name: name, expected: "at least \(minimum)", got: "\(value)")
    }
    guard value <= most else {
        throw ArrayError.argument(
            operation: operation, name: name, expected: "at most \(most)", got: "\(value)")
    }
}

/// Kernels of a larger radius than this would have more taps than any picture has pixels.
let largestRadius = 32_767
