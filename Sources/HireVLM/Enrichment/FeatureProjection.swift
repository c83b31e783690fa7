import HireArray
import HireTensor

/// Coordinates of features along some directions: P (x - mean).
public struct FeatureProjection: Sendable {
    /// P: one direction per row, each of as many numbers as there are channels.
    public let directions: [[Double]]
    /// The features that get the coordinates 0.
    public let mean: [Double]

    /// A projection; directions and mean have one length.
    public init(directions: [[Double]], mean: [Double]) {
        precondition(
            !directions.isEmpty && directions.allSatisfy { $0.count == mean.count },
            "Directions and mean need one number per channel.")
        self.directions = directions
        self.mean = mean
    }

    /// P x of a map [N, C, H, W]: [N, k, H, W], without the mean.
    ///
    /// - Throws: `ArrayError.shape` for another number of channels.
    public func turned(_ map: Tensor) throws -> Tensor {
        guard map.rank == 4, map.shape[1] == mean.count else {
            throw ArrayError.shape(
                operation: "projection", expected: "[N, \(mean.count), H, W]", got: "\(map.shape)")
        }
        let matrix = try map.context.constant(
            directions.joined(), [1, directions.count, mean.count])
        let area = map.shape[2] * map.shape[3]
        let columns = try map.reshape([map.shape[0], map.shape[1], area])
        let product = try matrix.expand([map.shape[0], directions.count, mean.count])
            .matmul(columns)
        return try product.reshape([map.shape[0], directions.count, map.shape[2], map.shape[3]])
    }

    /// P x less P mean, of P x [N, k, H, W].
    public func centred(_ turned: Tensor) throws -> Tensor {
        let offsets = directions.map { direction in
            zip(direction, mean).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return try turned - turned.context.constant(offsets, [1, offsets.count, 1, 1])
    }

    /// The coordinates of a map: [N, k, H, W].
    public func callAsFunction(_ map: Tensor) throws -> Tensor { try centred(turned(map)) }
}

extension Context {
    /// Numbers in this context's dtype.
    fileprivate func constant(_ values: some Sequence<Double>, _ shape: Shape) throws -> Tensor {
        try dtype == .float64
            ? tensor(Array(values), shape) : tensor(values.map(Float.init), shape)
    }
}
