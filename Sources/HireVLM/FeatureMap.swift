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
    /// Tokens in front of the grid's that stand for no place, such as CLIP's class token: [N, P, C]; nil without.
    public let prefix: Tensor?
    /// Tokens behind the grid's, such as those of crops seen more closely: [N, S, C]; nil without.
    public let suffix: Tensor?

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
        prefix = nil
        suffix = nil
    }

    /// Features as tokens of a grid.
    ///
    /// - Parameters:
    ///   - prefix: tokens in front that stand for no place, [N, P, C].
    ///   - suffix: tokens behind the grid's, [N, S, C].
    /// - Throws: `ArrayError.shape` unless the tensor is [N, rows * columns, C], and prefix and suffix fit it.
    public init(
        tokens: Tensor, grid: SIMD2<Int>, prefix: Tensor? = nil, suffix: Tensor? = nil
    ) throws {
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
        for (extra, name, letter) in [(prefix, "prefix", "P"), (suffix, "suffix", "S")] {
            guard let extra else { continue }
            guard extra.rank == 3, extra.shape[0] == batch, extra.shape[2] == channels else {
                throw ArrayError.shape(
                    operation: "feature map",
                    expected: "\(name) tokens [\(batch), \(letter), \(channels)]",
                    got: "\(extra.shape)")
            }
        }
        self.prefix = prefix
        self.suffix = suffix
    }

    /// Tokens that a projector reads: the prefix's, the grid's and the suffix's.
    public var tokenCount: Int {
        (prefix?.shape[1] ?? 0) + grid.x * grid.y + (suffix?.shape[1] ?? 0)
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

    /// Everything a projector reads: prefix tokens, the grid's row-major, suffix tokens, [N, P + H*W + S, C].
    public func sequence() throws -> Tensor {
        let parts = try [prefix, tokens(), suffix].compactMap { $0 }
        return parts.count == 1 ? parts[0] : try Tensor.concat(parts, dim: 1)
    }

    /// The features without prefix tokens; suffix tokens stay.
    public func withoutPrefix() throws -> FeatureMap {
        prefix == nil ? self : try FeatureMap(tokens: tokens(), grid: grid, suffix: suffix)
    }

    /// The same features with more tokens behind, after those already there.
    ///
    /// - Parameter tokens: [N, S, C].
    /// - Throws: `ArrayError.shape` if they do not fit.
    public func appending(_ tokens: Tensor) throws -> FeatureMap {
        let suffix = try suffix.map { try Tensor.concat([$0, tokens], dim: 1) } ?? tokens
        return try FeatureMap(tokens: self.tokens(), grid: grid, prefix: prefix, suffix: suffix)
    }

    /// Both maps' channels side by side, this one's first (the paper's equation 4), token by token.
    ///
    /// - Throws: `ArrayError.shape` if grids, batches or numbers of prefix or suffix tokens differ.
    public func concatenated(with other: FeatureMap) throws -> FeatureMap {
        guard grid == other.grid, batch == other.batch else {
            throw ArrayError.shape(
                operation: "concat of feature maps",
                expected: "the same batch and grid (\(batch) x \(grid.x)x\(grid.y))",
                got: "\(other.batch) x \(other.grid.x)x\(other.grid.y)")
        }
        guard (prefix?.shape[1] ?? 0) == (other.prefix?.shape[1] ?? 0) else {
            throw ArrayError.shape(
                operation: "concat of feature maps",
                expected:
                    "the same number of prefix tokens (\(prefix?.shape[1] ?? 0)); an encoder's "
                    + "select_feature = \"patch\" gives none", got: "\(other.prefix?.shape[1] ?? 0)"
            )
        }
        guard (suffix?.shape[1] ?? 0) == (other.suffix?.shape[1] ?? 0) else {
            throw ArrayError.shape(
                operation: "concat of feature maps",
                expected: "the same number of suffix tokens (\(suffix?.shape[1] ?? 0))",
                got: "\(other.suffix?.shape[1] ?? 0)")
        }
        if case .map(let left) = layout, case .map(let right) = other.layout {
            return try FeatureMap(map: Tensor.concat([left, right], dim: 1))
        }
        func both(_ left: Tensor?, _ right: Tensor?) throws -> Tensor? {
            guard let left, let right else { return nil }
            return try Tensor.concat([left, right], dim: 2)
        }
        return try FeatureMap(
            tokens: Tensor.concat([tokens(), other.tokens()], dim: 2), grid: grid,
            prefix: both(prefix, other.prefix), suffix: both(suffix, other.suffix))
    }

    /// Average-pooled to another grid (`adaptive_avg_pool2d`); prefix and suffix tokens are left out.
    public func pooled(to target: SIMD2<Int>) throws -> FeatureMap {
        if target == grid, prefix == nil, suffix == nil { return self }
        return try FeatureMap(map: target == grid ? map() : map().adaptiveAvgPool2d(target))
    }

    /// Resized bicubically (PyTorch's semantics) to another grid; prefix and suffix tokens are left out.
    public func resized(to target: SIMD2<Int>) throws -> FeatureMap {
        try FeatureMap(map: map().interpolate(to: target, mode: .bicubic))
    }

    /// W * tokens on the grid that W's rows stand for; prefix and suffix tokens are left out.
    ///
    /// - Parameter matrix: [N, rows * columns of `target`, tokens here].
    public func applying(_ matrix: Tensor, onto target: SIMD2<Int>) throws -> FeatureMap {
        try FeatureMap(tokens: matrix.matmul(tokens()), grid: target)
    }

    /// Without history.
    public func detached() throws -> FeatureMap {
        switch layout {
        case .map(let map): try FeatureMap(map: map.detached())
        case .tokens(let tokens):
            try FeatureMap(
                tokens: tokens.detached(), grid: grid, prefix: prefix?.detached(),
                suffix: suffix?.detached())
        }
    }
}
