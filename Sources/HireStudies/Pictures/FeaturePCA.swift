import HireArray
import HireImaging
import HireTensor

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
    ///   - percentile: share of positions, in percent, that may saturate at either end.
    /// - Throws: `ArrayError.shape` for maps that do not fit together.
    public init(_ maps: [Tensor], percentile: Double = 2) throws {
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
        let components = PrincipalComponents(rows: rows, width: channels, count: 3)
        self.components = components
        let coordinates = stride(from: 0, to: rows.count, by: channels).map {
            components.coordinates(rows[$0..<($0 + channels)])
        }
        ranges = components.directions.indices.map { component in
            let sorted = coordinates.map { $0[component] }.sorted()
            let place = { (percent: Double) in
                sorted[Int((percent / 100 * Double(sorted.count - 1)).rounded())]
            }
            let low = place(percentile)
            return low...max(place(100 - percentile), low)
        }
    }

    /// A map's pictures, one pixel per position.
    public func images(_ map: Tensor) throws -> [Image] {
        guard map.rank == 4, map.shape[1] == components.mean.count else {
            throw ArrayError.shape(
                operation: "feature PCA", expected: "[N, \(components.mean.count), H, W]",
                got: "\(map.shape)")
        }
        let (channels, height, width) = (map.shape[1], map.shape[2], map.shape[3])
        let values = try FeaturePCA.rows(map)
        return try (0..<map.shape[0]).map { image in
            var pixels = [UInt8](repeating: 128, count: 3 * height * width)
            for position in 0..<(height * width) {
                let start = (image * height * width + position) * channels
                let place = components.coordinates(values[start..<(start + channels)])
                for (component, range) in ranges.enumerated() {
                    let extent = range.upperBound - range.lowerBound
                    let share = extent > 0 ? (place[component] - range.lowerBound) / extent : 0.5
                    pixels[3 * position + component] = UInt8(255 * min(max(share, 0), 1))
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
