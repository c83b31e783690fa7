import HireArray
import HireTensor

/// Numbers per position that say how features compare: similarity to one, distance, attention.
public enum FeatureComparison {
    /// The cosine of every position's features with those of one position.
    ///
    /// - Parameters:
    ///   - map: [1, C, H, W].
    ///   - position: row and column.
    /// - Returns: H * W numbers, row by row; 0 where features are all zero.
    public static func similarity(_ map: Tensor, to position: SIMD2<Int>) throws -> [Double] {
        let (channels, area, values) = try planes(map, "similarity")
        let place = position.x * map.shape[3] + position.y
        let chosen = (0..<channels).map { Double(values[$0 * area + place]) }
        let length = chosen.reduce(0) { $0 + $1 * $1 }.squareRoot()
        var products = [Double](repeating: 0, count: area)
        var squares = products
        for channel in 0..<channels {
            for position in 0..<area {
                let value = Double(values[channel * area + position])
                products[position] += value * chosen[channel]
                squares[position] += value * value
            }
        }
        return zip(products, squares).map { product, square in
            let norm = square.squareRoot() * length
            return norm > 0 ? product / norm : norm.isNaN ? .nan : 0
        }
    }

    /// The length of every position's features, or of their difference to another map's.
    ///
    /// - Parameters:
    ///   - map: [1, C, H, W].
    ///   - other: of the same shape, to be subtracted; nil for none.
    public static func norms(_ map: Tensor, less other: Tensor? = nil) throws -> [Double] {
        let (channels, area, values) = try planes(map, "norms")
        let others = try other.map { try same($0, as: map, "difference") }
        var squares = [Double](repeating: 0, count: area)
        for channel in 0..<channels {
            for position in 0..<area {
                let index = channel * area + position
                let value = Double(values[index]) - (others.map { Double($0[index]) } ?? 0)
                squares[position] += value * value
            }
        }
        return squares.map { $0.squareRoot() }
    }

    /// One channel of a map, or of its difference to another.
    public static func channel(
        _ map: Tensor, _ channel: Int, less other: Tensor? = nil
    ) throws -> [Double] {
        let (channels, area, values) = try planes(map, "channel")
        guard (0..<channels).contains(channel) else {
            throw ArrayError.argument(
                operation: "picture", name: "channel", expected: "a channel from 1 to \(channels)",
                got: "\(channel + 1)")
        }
        let others = try other.map { try same($0, as: map, "difference") }
        return (channel * area..<(channel + 1) * area).map { index in
            Double(values[index]) - (others.map { Double($0[index]) } ?? 0)
        }
    }

    /// Attention to the positions of a grid: probabilities averaged over queries and heads.
    ///
    /// - Parameters:
    ///   - weights: [1, heads, queries, keys].
    ///   - head: one of the heads; nil for their mean.
    ///   - queries: which queries; empty for all.
    ///   - keys: the keys that stand for the grid's positions, row by row.
    public static func attention(
        _ weights: Tensor, head: Int?, queries: [Int], keys: Range<Int>
    ) throws -> [Double] {
        let heads = head.map { [$0] } ?? Array(0..<weights.shape[1])
        let chosen = queries.isEmpty ? Array(0..<weights.shape[2]) : queries
        let (rows, columns) = (weights.shape[2], weights.shape[3])
        let values = try weights.floats()
        var sums = [Double](repeating: 0, count: keys.count)
        for head in heads {
            for query in chosen {
                let start = (head * rows + query) * columns + keys.lowerBound
                for index in sums.indices { sums[index] += Double(values[start + index]) }
            }
        }
        return sums.map { $0 / Double(heads.count * chosen.count) }
    }

    private static func planes(
        _ map: Tensor, _ what: String
    ) throws -> (channels: Int, area: Int, values: [Float]) {
        guard map.rank == 4, map.shape[0] == 1, map.count > 0 else {
            throw ArrayError.shape(
                operation: what, expected: "a map [1, C, H, W]", got: "\(map.shape)")
        }
        return (map.shape[1], map.shape[2] * map.shape[3], try map.floats())
    }

    private static func same(_ other: Tensor, as map: Tensor, _ what: String) throws -> [Float] {
        guard other.shape == map.shape else {
            throw ArrayError.shape(
                operation: what, expected: "two maps of one shape (\(map.shape))",
                got: "\(other.shape)")
        }
        return try other.floats()
    }
}
