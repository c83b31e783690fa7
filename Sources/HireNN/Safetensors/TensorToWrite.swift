import HireArray

/// A tensor that is written to a file: what the header says of it at once, and its numbers when their turn comes.
public struct TensorToWrite {
    /// The name.
    public let name: String
    /// The type of the elements.
    public let dtype: DType
    /// Extents, outermost first.
    public let shape: Shape
    /// Makes the numbers; called once.
    public let make: () throws -> NDArray

    /// A tensor from its parts.
    public init(name: String, dtype: DType, shape: Shape, make: @escaping () throws -> NDArray) {
        self.name = name
        self.dtype = dtype
        self.shape = shape
        self.make = make
    }
}
