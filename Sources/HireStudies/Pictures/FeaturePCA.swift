import HireArray
import HireImaging
import HireTensor
import HireVLM

/// Feature maps as colours: the three leading principal components of several maps become red, green and blue.
///
/// One basis and one scale serve all maps it was fitted to, so that equal features have equal colours everywhere.
public struct FeaturePCA: Sendable {
    /// The directions and their variances.
    public let components: PrincipalComponents
    /// The coordinate that becomes dark and the one that becomes bright, per component.
    public let ranges: [ClosedRange<Double>]

    private static let mostRows = 20_000

    /// Fits a basis to maps with the same channels.
    ///
    /// - Parameters:
    ///   - maps: [N, C, H, W] each, C the same in all.
    ///   - count: how many components are wanted; pictures show the first three.
    ///   - percentile: share of positions, in percent, that may saturate at either end.
    /// - Throws: `ArrayError.shape` for maps that do not fit together.
    public init(_ maps: [Tensor], count: Int = 3, percentile: Double = 2) throws {
        guard count > 0, (0..<50).contains(percentile) else {
            throw ArrayError.argument(
                operation: "feature PCA", name: "percentile",
                expected: "0 up to 50, with at least one component",
                got: "\(percentile) and \(count) components")
        }
        guard let channels = maps.first?.shape.dropFirst().first,
            maps.allSatisfy({ $0.rank == 4 && $0.shape[1] == channels && $0.count > 0 })
        else {
            throw ArrayError.shape(
                operation: "feature PCA", expected: "maps [N, C, H, W] with one number of channels",
                got: maps.map { "\($0.shape)" }.joined(separator: ", "))
        }
        var rows: [Float] = []
        for map in maps {
            // Small maps count as much as large ones: each gives up to an equal number of positions.
            let values = try FeaturePCA.rows(map)
            let number = values.count / channels
            let step = max(1, number * maps.count / FeaturePCA.mostRows)
            for row in stride(from: 0, to: number, by: step) {
                rows += values[(row * channels)..<((row + 1) * channels)]
            }
        }
        let components = PrincipalComponents(rows: rows, width: channels, count: count)
        self.components = components
        let coordinates = stride(from: 0, to: rows.count, by: channels).map {
            components.coordinates(rows[$0..<($0 + channels)])
        }
        ranges = components.directions.indices.map { component in
            // What is not a number has no place on the scale, nor a colour.
            let sorted = coordinates.map { $0[component] }.filter(\.isFinite).sorted()
            guard !sorted.isEmpty else { return 0...0 }
            let place = { (percent: Double) in
                sorted[Int((percent / 100 * Double(sorted.count - 1)).rounded())]
            }
            let low = place(percentile)
            return low...max(place(100 - percentile), low)
        }
    }

    /// The directions and mean as a projection of features.
    public var projection: FeatureProjection {
        FeatureProjection(directions: components.directions, mean: components.mean)
    }

    /// Share of the variance of all rows that each component explains, from 0 to 1.
    public var explained: [Double] {
        components.variances.map {
            components.totalVariance > 0 ? $0 / components.totalVariance : 0
        }
    }

    /// A map's pictures, one pixel per position.
    public func images(_ map: Tensor) throws -> [Image] {
        guard map.rank == 4, map.shape[1] == components.mean.count else {
            throw ArrayError.shape(
                operation: "feature PCA", expected: "[N, \(components.mean.count), H, W]",
                got: "\(map.shape)")
        }
        return try images(coordinates: projection(map))
    }

    /// Pictures of coordinates [N, k, H, W] along the components, one pixel per position.
    public func images(coordinates: Tensor) throws -> [Image] {
        guard coordinates.rank == 4, coordinates.shape[1] == ranges.count else {
            throw ArrayError.shape(
                operation: "feature PCA", expected: "coordinates [N, \(ranges.count), H, W]",
                got: "\(coordinates.shape)")
        }
        let (height, width) = (coordinates.shape[2], coordinates.shape[3])
        let area = height * width
        let values = try coordinates.floats()
        return try (0..<coordinates.shape[0]).map { image in
            var pixels = [UInt8](repeating: 128, count: 3 * area)
            for (component, range) in ranges.prefix(3).enumerated() {
                let extent = range.upperBound - range.lowerBound
                let start = (image * ranges.count + component) * area
                for position in 0..<area {
                    let value = Double(values[start + position])
                    let share = extent > 0 ? (value - range.lowerBound) / extent : 0.5
                    pixels[3 * position + component] =
                        share.isNaN ? 128 : UInt8(255 * min(max(share, 0), 1))
                }
            }
            return try Image(width: width, height: height, pixels: pixels)
        }
    }

    /// [N, C, H, W] as N * H * W rows of C numbers.
    private static func rows(_ map: Tensor) throws -> [Float] {
        try map.array.permuted([0, 2, 3, 1]).floats()
    }
}
