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

    /// Keeps tokens from the likeliest down while those above have less than the share; the same set.
    public func process(_ scores: inout [Float], ids: [Int]) {
        let probabilities = Ranking.softmax(scores)
        // Mostly few tokens are kept, so the vocabulary is ranked as far as needed and not sorted whole.
        var ranked = 64
        while true {
            let likeliest = Ranking.highest(ranked, of: scores)
            var above = 0.0
            let count = likeliest.firstIndex { index in
                defer { above += probabilities[index] }
                return above >= share
            }
            if count == nil, ranked < scores.count {
                ranked *= 8
                continue
            }
            let kept = Set(likeliest.prefix(max(count ?? likeliest.count, least)))
            for index in scores.indices where !kept.contains(index) { scores[index] = -.infinity }
            return
        }
    }
}
