/// A shape is a plain array of extents, outermost first; rank 0 (an empty array) is a scalar.
public typealias Shape = [Int]

extension Shape {
    /// The number of elements that an array of this shape holds (1 for a scalar); the largest integer where the true number
    /// is larger, so that no shape of that kind is ever taken for a smaller one.
    @inlinable
    public var elementCount: Int {
        var count = 1
        for extent in self {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            count = overflow ? .max : product
        }
        return count
    }

    /// Row-major strides, in elements.
    public var contiguousStrides: [Int] {
        var strides = [Int](repeating: 1, count: count)
        var step = 1
        for axis in indices.reversed() {
            strides[axis] = step
            // Only shapes without elements are so large, and nothing is ever looked up in them.
            step &*= self[axis]
        }
        return strides
    }

    /// The shape that two operands broadcast to under NumPy's rule.
    ///
    /// - Throws: `ArrayError.shape` naming the operation and both shapes.
    public func broadcast(with other: Shape, operation: String) throws -> Shape {
        if self == other { return self }
        let rank = Swift.max(count, other.count)
        var result = Shape(repeating: 1, count: rank)
        for offset in 1...Swift.max(rank, 1) where offset <= rank {
            let left = offset <= count ? self[count - offset] : 1
            let right = offset <= other.count ? other[other.count - offset] : 1
            guard left == right || left == 1 || right == 1 else {
                throw ArrayError.shape(
                    operation: operation,
                    expected: "shapes that broadcast (equal, or 1, on each axis from the right)",
                    got: "\(self) and \(other)")
            }
            result[rank - offset] = left == 1 ? right : left
        }
        return result
    }

    /// Turns an axis that may count from the end (-1 is the last) into one that counts from the front.
    ///
    /// - Throws: `ArrayError.index` if it lies outside the rank.
    public func axis(_ axis: Int, operation: String) throws -> Int {
        let resolved = axis < 0 ? axis + count : axis
        guard resolved >= 0, resolved < count else {
            throw ArrayError.index(
                operation: operation, what: "dimension", got: axis,
                range: "\(-count)...\(count - 1)")
        }
        return resolved
    }
}
