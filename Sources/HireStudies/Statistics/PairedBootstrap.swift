import HireArray

/// How sure the mean difference between two systems on the very same samples is, by resampling the samples.
///
/// The interval holds the middle 95 % of the means of resampled differences (percentiles). The p-value is two-sided (Efron and
/// Tibshirani, An Introduction to the Bootstrap, chapter 16): the share of resampled means that lie at least as far from
/// the observed one as the observed one lies from zero, with one added above and below. Both are too sure of themselves with
/// few samples, so tables test by `SignFlipTest`. One sample cannot be resampled: it has neither.
public struct PairedBootstrap: Sendable, Equatable {
    /// The mean of the differences.
    public let difference: Double
    /// The 95 % interval of the difference; nil for one sample.
    public let interval: ClosedRange<Double>?
    /// The two-sided p-value of "there is no difference"; nil for one sample.
    public let p: Double?
    /// How many samples were compared.
    public let count: Int

    /// How often samples are drawn unless something else is said.
    public static let resamples = 10_000

    /// Compares grades of the same samples, given in the same order.
    ///
    /// - Parameters:
    ///   - grades: of the system in question; at least one.
    ///   - baseline: of the other system, sample by sample.
    ///   - seed: keys the resamples; equal seeds give equal numbers.
    public init(
        _ grades: [Double], against baseline: [Double], resamples: Int = PairedBootstrap.resamples,
        seed: UInt64 = 1
    ) {
        precondition(
            !grades.isEmpty && grades.count == baseline.count && resamples > 0,
            "Pairs are needed, and resamples.")
        let differences = zip(grades, baseline).map { $0 - $1 }
        let observed = differences.reduce(0, +) / Double(differences.count)
        difference = observed
        count = differences.count
        if count == 1 {
            interval = nil
            p = nil
            return
        }
        let means = RandomSource(seed: seed).named("paired bootstrap")
            .resampledMeans(of: differences, count: resamples)
        // Sums of the same grades in another order differ in their last bits; those are ties.
        let edge = abs(observed) * (1 - 1e-9) - 1e-12
        let extreme = means.count { abs($0 - observed) >= edge }
        let sorted = means.sorted()
        p = min(1, Double(extreme + 1) / Double(resamples + 1))
        interval =
            PairedBootstrap.quantile(sorted, 0.025)...PairedBootstrap.quantile(sorted, 0.975)
    }

    /// The quantile of sorted numbers, between neighbours by their distance (`numpy.quantile`'s default).
    static func quantile(_ sorted: [Double], _ share: Double) -> Double {
        let place = share * Double(sorted.count - 1)
        let below = Int(place)
        let above = min(below + 1, sorted.count - 1)
        return sorted[below] + (sorted[above] - sorted[below]) * (place - Double(below))
    }
}
