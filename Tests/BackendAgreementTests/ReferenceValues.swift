import HireArray
import HireReference

/// Values that both sides of a comparison start from.
enum ReferenceValues {
    /// f(x) as the reference back-end rounds it to float32, for an array of any back-end.
    static func unary(_ kernel: UnaryKernel, _ x: NDArray) throws -> [Double] {
        let backend = ReferenceBackend()
        let input = try backend.array(try x.floats(), x.shape)
        let out = try backend.allocate(x.shape, .float32)
        backend.unary(kernel, input, into: out)
        return try out.doubles()
    }
}
