import HireArray

/// Whether one system is better than another on the very same samples: the paired sign-flip (randomisation) test of Fisher.
///
/// If there were no difference, each sample's difference could as well have the other sign. The two-sided p-value is the share
/// of all choices of signs whose mean lies at least as far from zero as the observed one. It is at least 2^(1 - n) for
/// n samples that differ, however alike they are.
public struct SignFlipTest: Sendable, Equatable {
    /// The two-sided p-value of "there is no difference".
    public let p: Double
    /// Whether all choices of signs were counted; otherwise some were drawn, and one was added above and below.
    public let isExact: Bool

    /// Up to so many samples that differ all choices of signs are counted.
    public static let exactCount = 16
    /// How many choices are drawn beyond.
    public static let draws = 10_000

    /// Compares grades of the same samples, given in the same order.
    ///
    /// - Parameters:
    ///   - grades: of the system in question.
    ///   - baseline: of the other system, sample by sample.
    ///   - seed: keys the signs that are drawn; equal seeds give equal numbers.
    public init(
        _ grades: [Double], against baseline: [Double], draws: Int = SignFlipTest.draws,
        seed: UInt64 = 1
    ) {
        precondition(
            grades.count == baseline.count && draws > 0, "Pairs are needed, and draws.")
        // What is equal is equal with either sign.
        let differences = zip(grades, baseline).map { $0 - $1 }.filter { $0 != 0 }
        let observed = abs(differences.reduce(0, +))
        // Sums of the same grades in another order differ in their last bits; those are ties.
        let edge = observed * (1 - 1e-9) - 1e-12
        isExact = differences.count <= SignFlipTest.exactCount
        if isExact {
            // Turning all signs turns the sum only: the first one may stay.
            var sums = [differences.first ?? 0]
            for difference in differences.dropFirst() {
                sums = sums.map { $0 + difference } + sums.map { $0 - difference }
            }
            p = Double(sums.count { abs($0) >= edge }) / Double(sums.count)
        } else {
            let sums = RandomSource(seed: seed).named("paired sign flips")
                .signFlippedSums(of: differences, count: draws)
            p = Double(sums.count { abs($0) >= edge } + 1) / Double(draws + 1)
        }
    }
}
