import Foundation
import HireArray

/// The bookkeeping of beam search over one prompt, number for number that of Hugging Face's `_beam_search`.
///
/// It knows no model: each step is given log-probabilities, proposes candidates, and is told which of them end.
struct BeamSearch {
    /// A beam with one token more.
    struct Candidate {
        /// The beam it continues.
        let parent: Int
        /// The token.
        let id: Int
        /// Log-probability of all tokens.
        let score: Float
    }

    /// A sequence that ended.
    struct Finished {
        /// Its tokens.
        var ids: [Int]
        /// Log-probability over length to the penalty.
        var score: Float
        /// Whether it is one; places not yet taken are not.
        var isReal: Bool
    }

    /// Ids of the beams that go on.
    private(set) var running: [[Int]]
    /// Tokens that each running beam has.
    var length: Int { running[0].count }
    /// Whether the search is over.
    private(set) var isDone = false
    /// The best finished sequence; of the running ones where none ended.
    var best: Finished {
        let best = finished[0]
        return best.isReal ? best : Finished(ids: running[0], score: scores[0], isReal: false)
    }

    private let beams: Int
    private let kept: Int
    private let maximumTokens: Int
    private let lengthPenalty: Double
    private let earlyStopping: EarlyStopping
    private var scores: [Float]
    private var finished: [Finished]
    private var canImprove = true

    /// What stands for impossible, as there; minus infinity would give NaN in differences.
    private static let impossible: Float = -1e9

    init(_ options: GenerationOptions, endCount: Int) {
        beams = options.beams
        // Enough that as many beams go on even if every beam's likeliest tokens are all the ends.
        kept = max(2, 1 + endCount) * options.beams
        maximumTokens = options.maximumTokens
        lengthPenalty = options.lengthPenalty
        earlyStopping = options.earlyStopping
        running = Array(repeating: [], count: options.beams)
        // Only the first beam counts at first, or all would be the same.
        scores = [0] + Array(repeating: Self.impossible, count: options.beams - 1)
        finished = Array(
            repeating: Finished(ids: [], score: Self.impossible, isReal: false),
            count: options.beams)
    }

    /// The best continuations of all beams, best first.
    ///
    /// - Parameters:
    ///   - rows: processed log-probabilities of the next token, a row per beam.
    ///   - random: draws without replacement by the scores' softmax instead of taking the highest.
    func candidates(_ rows: [[Float]], random: RandomSource?) -> [Candidate] {
        let size = rows[0].count
        var flat: [Float] = []
        flat.reserveCapacity(rows.count * size)
        for (row, score) in zip(rows, scores) { flat += row.map { $0 + score } }
        var chosen: [Int]
        if let random {
            // The highest scores with Gumbel noise are a draw without replacement (Kool et al. 2019).
            chosen = Ranking.highest(kept, of: zip(flat, Self.gumbel(flat.count, random)).map(+))
            chosen.sort { (flat[$1], $0) < (flat[$0], $1) }
        } else {
            chosen = Ranking.highest(kept, of: flat)
        }
        return chosen.map { Candidate(parent: $0 / size, id: $0 % size, score: flat[$0]) }
    }

    /// Goes on with the best candidates that do not end, and files those of the best that do.
    ///
    /// - Returns: which candidates go on, one per beam.
    mutating func advance(_ candidates: [Candidate], isEnd: [Bool]) -> [Int] {
        let count = length + 1
        let sequences = candidates.map { running[$0.parent] + [$0.id] }
        file(candidates, sequences, isEnd, Float(pow(Double(count), lengthPenalty)))
        let open = zip(candidates, isEnd).map { $0.score + ($1 ? Self.impossible : 0) }
        let next = Ranking.highest(beams, of: open)
        running = next.map { sequences[$0] }
        scores = next.map { open[$0] }

        let isNever = earlyStopping == .never && lengthPenalty > 0
        let hypothetical = isNever ? maximumTokens : count
        let hope = scores[0] / Float(pow(Double(hypothetical), lengthPenalty))
        let worst = finished.map(\.score).min() ?? Self.impossible
        canImprove =
            canImprove && finished.contains { hope > ($0.isReal ? worst : Self.impossible) }
        isDone = !canImprove || isFull || isEnd.allSatisfy { $0 }
        return next
    }

    private var isFull: Bool { earlyStopping == .whenFull && finished.allSatisfy(\.isReal) }

    private mutating func file(
        _ candidates: [Candidate], _ sequences: [[Int]], _ isEnd: [Bool], _ divisor: Float
    ) {
        var merged = finished
        for (rank, candidate) in candidates.enumerated() {
            let ends = isEnd[rank] && rank < beams
            var score = candidate.score / divisor
            if isFull { score += Self.impossible }
            if !canImprove { score += Self.impossible }
            if !ends { score += Self.impossible }
            merged.append(Finished(ids: sequences[rank], score: score, isReal: ends))
        }
        finished = Ranking.highest(beams, of: merged.map(\.score)).map { merged[$0] }
    }

    private static func gumbel(_ count: Int, _ random: RandomSource) -> [Float] {
        var noise: [Float] = []
        noise.reserveCapacity(count + 3)
        var counter: UInt64 = 0
        while noise.count < count {
            let words = random.words(at: counter)
            for lane in 0..<4 {
                noise.append(Float(-log(-log((Double(words[lane]) + 0.5) * 0x1p-32))))
            }
            counter += 1
        }
        noise.removeLast(noise.count - count)
        return noise
    }
}
