import HireArray
import HireTensor

extension Tensor {
    /// Checks that these are pictures [N, 3, side, side].
    ///
    /// - Parameter operation: what needs them, for the error.
    /// - Throws: `ArrayError.shape`.
    public func requirePictures(of side: Int, _ operation: String) throws {
        guard rank == 4, shape[1] == 3, shape[2] == side, shape[3] == side else {
            throw ArrayError.shape(
                operation: operation, expected: "pictures [N, 3, \(side), \(side)]",
                got: "\(shape)")
        }
    }
}
