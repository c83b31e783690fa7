import HireArray
import HireTensor

/// The lengths of a map's features, over all positions and pictures.
public struct FeatureStatistics: Sendable, Equatable {
    /// Their mean.
    public let mean: Double
    /// Their standard deviation (of the population, NumPy's `std`).
    public let deviation: Double
    /// The middle one (the mean of the two in the middle of an even number).
    public let median: Double
    /// The smallest.
    public let smallest: Double
    /// The largest.
    public let largest: Double
    /// The share of positions whose features are longer than `factor` times the median, from 0 to 1.
    ///
    /// Large vision transformers keep notes in a few tokens of low information, whose norms stand out (Darcet et al.,
    /// Vision Transformers Need Registers, 2024).
    public let outliers: Double

    /// Statistics of a map [N, C, H, W].
    public init(_ map: Tensor, factor: Double = 3) throws {
        let norms = try FeatureMatrix(map, "norms").norms
        let count = Double(norms.count)
        let average = norms.reduce(0, +) / count
        let sorted = norms.sorted()
        let middle = (sorted[(norms.count - 1) / 2] + sorted[norms.count / 2]) / 2
        mean = average
        deviation = (norms.reduce(0) { $0 + ($1 - average) * ($1 - average) } / count).squareRoot()
        median = middle
        smallest = sorted.first ?? 0
        largest = sorted.last ?? 0
        outliers = Double(norms.count { $0 > factor * middle }) / count
    }
}
