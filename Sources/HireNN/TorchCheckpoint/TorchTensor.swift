import HireArray

/// A tensor of a pickle: which elements of which storage.
struct TorchTensor {
    /// The bytes of a storage in the file.
    struct Storage {
        let element: TorchElement
        let range: Range<Int>

        /// The number of elements.
        var count: Int { range.count / element.byteSize }
    }

    let storage: Storage
    /// Elements before the first one.
    let offset: Int
    let shape: Shape
    /// Elements to step per axis.
    let strides: [Int]

    /// Elements of the storage from the first to the last that the tensor shows.
    var span: Int {
        if shape.contains(0) { return 0 }
        return zip(shape, strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
    }

    /// The bytes of its elements.
    var byteCount: Int { shape.elementCount * storage.element.byteSize }

    /// Elements that a tensor may show more than its storage holds, through strides of zero.
    private static let largestExpansion = 1 << 20

    /// A view of a storage; nil if it leaves the storage, or shows far more elements than there are.
    init?(_ storage: Storage, offset: Int, shape: Shape, strides: [Int]) {
        guard shape.count == strides.count, offset >= 0 else { return nil }
        var count = 1
        var last = offset
        for (extent, stride) in zip(shape, strides) {
            guard extent >= 0, stride >= 0 else { return nil }
            let (product, tooMany) = count.multipliedReportingOverflow(by: max(extent, 1))
            let (way, tooFar) = max(extent - 1, 0).multipliedReportingOverflow(by: stride)
            let (sum, beyond) = last.addingReportingOverflow(way)
            if tooMany || tooFar || beyond { return nil }
            count = product
            last = sum
        }
        let isEmpty = shape.contains(0)
        guard isEmpty ? offset <= storage.count : last < storage.count else { return nil }
        guard isEmpty || count <= max(storage.count, Self.largestExpansion) else { return nil }
        self.storage = storage
        self.offset = offset
        self.shape = shape
        self.strides = strides
    }
}
