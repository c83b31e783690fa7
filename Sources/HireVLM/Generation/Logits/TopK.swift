/// Forbids all but the k likeliest tokens, and those that tie with the last of them (`TopKLogitsWarper`).
public struct TopK: LogitsProcessor {
    private let count: Int

    /// - Parameters:
    ///   - count: at least 1.
    ///   - least: tokens that are kept whatever `count` is.
    public init(_ count: Int, keepingAtLeast least: Int = 1) {
        precondition(count > 0, "Top-k keeps at least one token.")
        self.count = max(count, least)
    }

    /// Forbids what scores below the k-th.
    public func process(_ scores: inout [Float], ids: [Int]) {
        guard let last = Ranking.highest(count, of: scores).last else { return }
        let threshold = scores[last]
        for index in scores.indices where scores[index] < threshold { scores[index] = -.infinity }
    }
}
