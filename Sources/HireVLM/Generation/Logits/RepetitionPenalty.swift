/// Divides the scores of tokens that were there before by a penalty, or multiplies them where negative.
///
/// `RepetitionPenaltyLogitsProcessor`; CTRL (Keskar et al. 2019), equation of section 4.1.
public struct RepetitionPenalty: LogitsProcessor {
    private let penalty: Float

    /// - Parameter penalty: above 0; above 1 makes repetition less likely.
    public init(_ penalty: Double) {
        precondition(penalty > 0, "A repetition penalty is above 0.")
        self.penalty = Float(penalty)
    }

    /// Changes each token's score once, however often it came.
    public func process(_ scores: inout [Float], ids: [Int]) {
        for id in Set(ids) where scores.indices.contains(id) {
            scores[id] = scores[id] < 0 ? scores[id] * penalty : scores[id] / penalty
        }
    }
}
