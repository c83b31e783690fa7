import HireArray
import HireTensor

/// Features on a grid: what an encoder makes, an enricher enriches and a projector reads.
///
/// The numbers are held as a map [N, C, H, W] or as tokens [N, H*W, C] (row-major), whichever their maker had;
/// this type is the only place that converts between the two.
public struct FeatureMap {
    private enum Layout {
        case map(Tensor)
        case tokens(Tensor)
    }

    private let layout: Layout
    /// Rows and columns.
    public let grid: SIMD2<Int>
    /// Features per position.
    public let channels: Int
    /// Images in the batch.
    public let batch: Int

    /// Features as a map.
    ///
    /// - Throws: `ArrayError.shape` unless the tensor is [N, C, H, W].
    public init(map: Tensor) throws {
        guard map.rank == 4 else {
            throw ArrayError.shape(
                operation: "feature map", expected: "[N, C, H, W]", got: "\(map.shape)")
        }
        layout = .map(map)
        batch = map.shape[0]
        channels = map.shape[1]
        grid = SIMD2(map.shape[2], map.shape[3])
    }

    /// Features as tokens of a grid.
    ///
    /// - Throws: `ArrayError.shape` unless the tensor is [N, rows * columns, C].
    public init(tokens: Tensor, grid: SIMD2<Int>) throws {
        guard tokens.rank == 3, tokens.shape[1] == grid.x * grid.y else {
            throw ArrayError.shape(
                operation: "feature map",
                expected: "[N, \(grid.x * grid.y), C] for a grid of "
                    + "\(grid.x)x\(grid.y)", got: "\(tokens.shape)")
        }
        layout = .tokens(tokens)
        batch = tokens.shape[0]
        channels = tokens.shape[2]
        self.grid = grid
    }

    /// The context of the numbers.
    public var context: Context {
        switch layout {
        case .map(let tensor), .tokens(let tensor): tensor.context
        }
    }

    /// The features as [N, C, H, W].
    public func map() throws -> Tensor {
        switch layout {
        case .map(let map): map
        case .tokens(let tokens):
            try tokens.transpose(1, 2).reshape([batch, channels, grid.x, grid.y])
        }
    }

    /// The features as [N, H*W, C].
    public func tokens() throws -> Tensor {
        switch layout {
        case .map(let map): try map.reshape([batch, channels, grid.x * grid.y]).transpose(1, 2)
        case .tokens(let tokens): tokens
        }
    }

    /// Both maps' channels side by side, this one's first (the paper's equation 4).
    ///
    /// - Throws: `ArrayError.shape` if grids or batches differ.
    public func concatenated(with other: FeatureMap) throws -> FeatureMap {
        guard grid == other.grid, batch == other.batch else {
            throw ArrayError.shape(
                operation: "concat of feature maps",
                expected: "the same batch and grid (\(batch) x \(grid.x)x\(grid.y))",
                got: "\(other.batch) x \(other.grid.x)x\(other.grid.y)")
        }
        if case .map(let left) = layout, case .map(let right) = other.layout {
            return try FeatureMap(map: Tensor.concat([left, right], dim: 1))
        }
        return try FeatureMap(
            tokens: Tensor.concat([tokens(), other.tokens()], dim: 2), grid: grid)
    }

    /// Average-pooled to another grid (`adaptive_avg_pool2d`).
    public func pooled(to target: SIMD2<Int>) throws -> FeatureMap {
        if target == grid { return self }
        return try FeatureMap(map: map().adaptiveAvgPool2d(target))
    }

    /// Resized bicubically (PyTorch's semantics) to another grid.
    public func resized(to target: SIMD2<Int>) throws -> FeatureMap {
        try FeatureMap(map: map().interpolate(to: target, mode: .bicubic))
    }

    /// W * tokens on the grid that W's rows stand for.
    ///
    /// - Parameter matrix: [N, rows * columns of `target`, tokens here].
    public func applying(_ matrix: Tensor, onto target: SIMD2<Int>) throws -> FeatureMap {
        try FeatureMap(tokens: matrix.matmul(tokens()), grid: target)
    }

    /// Without history.
    public func detached() throws -> FeatureMap {
        switch layout {
        case .map(let map): try FeatureMap(map: map.detached())
        case .tokens(let tokens): try FeatureMap(tokens: tokens.detached(), grid: grid)
        }
    }
}
