/// A number that was measured once per seed: its mean and how far the seeds lie apart.
public struct SeedSpread: Sendable, Equatable {
    /// The mean over the seeds.
    public let mean: Double
    /// The sample standard deviation (divisor n - 1, as `numpy.std(ddof=1)`); nil for one seed.
    public let deviation: Double?
    /// How many seeds there are.
    public let count: Int

    /// The spread of some values.
    ///
    /// - Parameter values: at least one.
    public init(_ values: [Double]) {
        precondition(!values.isEmpty, "A spread needs values.")
        // Two passes: what differs in the last digits of large numbers is not lost.
        let mean = values.reduce(0, +) / Double(values.count)
        self.mean = mean
        count = values.count
        deviation =
            values.count < 2
            ? nil
            : (values.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / Double(values.count - 1))
                .squareRoot()
    }

    /// The standard error of the mean, deviation / sqrt(n); nil for one seed.
    public var standardError: Double? {
        deviation.map { $0 / Double(count).squareRoot() }
    }
}
