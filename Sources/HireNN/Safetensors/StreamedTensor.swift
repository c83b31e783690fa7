import HireArray

/// A tensor that is written to a file piece by piece: what the header says of it at once, and its numbers when their turn
/// comes.
public struct StreamedTensor {
    /// The name.
    public let name: String
    /// The type of the elements.
    public let dtype: DType
    /// Extents, outermost first.
    public let shape: Shape
    /// Gives the numbers in row-major order to the function that it gets, in contiguous pieces; called once.
    public let make: (_ take: (NDArray) throws -> Void) throws -> Void

    /// A tensor from its parts.
    public init(
        name: String, dtype: DType, shape: Shape,
        make: @escaping (_ take: (NDArray) throws -> Void) throws -> Void
    ) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.make = make
    }
}
