/// Forbids the unlikely tokens that together have at most the probability 1 - p.
///
/// `TopPLogitsWarper`; nucleus sampling, Holtzman et al. 2020.
public struct TopP: LogitsProcessor {
    private let share: Double
    private let least: Int

    /// - Parameters:
    ///   - share: p, between 0 and 1.
    ///   - least: tokens that are kept whatever `share` is.
    public init(_ share: Double, keepingAtLeast least: Int = 1) {
        precondition((0...1).contains(share), "Top-p lies between 0 and 1.")
        self.share = share
        self.least = least
    }

    /// Forbids from the least likely token upwards.
    public func process(_ scores: inout [Float], ids: [Int]) {
        // What is forbidden already has no probability: only the others are sorted.
        let rising = scores.indices.filter { scores[$0] != -.infinity }
            .sorted { (scores[$0], $1) < (scores[$1], $0) }
        let probabilities = Ranking.softmax(scores)
        var cumulative = 0.0
        for index in rising.dropLast(least) {
            cumulative += probabilities[index]
            if cumulative > 1 - share { return }
            scores[index] = -.infinity
        }
    }
}
