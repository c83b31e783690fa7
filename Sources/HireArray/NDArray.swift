/// Numbers of one dtype in some shape: a view of storage, with no history.
///
/// Views (reshape, permute, slice, expand) share storage and copy nothing. Strides and offset count elements,
/// not bytes; a stride of 0 repeats an element (broadcasting).
public struct NDArray: Sendable {
    /// The memory this array is a view of.
    public let storage: Storage
    /// The type of the elements.
    public let dtype: DType
    /// Extents, outermost first.
    public let shape: Shape
    /// Elements to step per axis.
    public let strides: [Int]
    /// The element of the storage at which the view begins.
    public let offset: Int

    /// A view of storage; the caller vouches that it stays inside.
    public init(
        storage: Storage, dtype: DType, shape: Shape, strides: [Int]? = nil, offset: Int = 0
    ) {
        self.storage = storage
        self.dtype = dtype
        self.shape = shape
        self.strides = strides ?? shape.contiguousStrides
        self.offset = offset
    }

    /// The number of axes.
    public var rank: Int { shape.count }

    /// The number of elements.
    public var count: Int { shape.elementCount }

    /// The bytes that the elements would take when stored contiguously.
    public var byteCount: Int { count * dtype.byteSize }

    /// Whether elements lie in row-major order without gaps (axes of extent 1 do not matter).
    public var isContiguous: Bool {
        var step = 1
        for axis in shape.indices.reversed() where shape[axis] != 1 {
            if strides[axis] != step { return false }
            step *= shape[axis]
        }
        return true
    }

    /// Whether there are values behind the shape.
    public var hasValues: Bool { storage.pointer != nil }

    /// The address of the first element; only back-ends and file writers use it.
    ///
    /// Broken invariants trap: asking with the wrong type, or an array without values.
    @inlinable
    public func pointer<T: Element>(as type: T.Type) -> UnsafeMutablePointer<T> {
        precondition(T.dtype == dtype, "An array of \(dtype) was read as \(T.dtype).")
        guard let base = storage.pointer else {
            preconditionFailure("A kernel was given an array that has a shape and no values.")
        }
        return base.assumingMemoryBound(to: T.self) + offset
    }
}
