/// Forbids tokens with less than a share of the likeliest one's probability.
///
/// `MinPLogitsWarper`; Nguyen et al. 2024.
public struct MinP: LogitsProcessor {
    private let share: Double
    private let least: Int

    /// - Parameters:
    ///   - share: between 0 and 1.
    ///   - least: tokens that are kept whatever `share` is.
    public init(_ share: Double, keepingAtLeast least: Int = 1) {
        precondition((0...1).contains(share), "Min-p lies between 0 and 1.")
        self.share = share
        self.least = least
    }

    /// Forbids what falls below the share.
    public func process(_ scores: inout [Float], ids: [Int]) {
        let probabilities = Ranking.softmax(scores)
        let threshold = share * (probabilities.max() ?? 0)
        let kept = Set(Ranking.highest(least, of: scores))
        for index in scores.indices where probabilities[index] < threshold && !kept.contains(index)
        {
            scores[index] = -.infinity
        }
    }
}
