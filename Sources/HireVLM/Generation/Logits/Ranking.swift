import Foundation

/// Orders and weighs rows of scores.
enum Ranking {
    /// The index of the highest score; the first of several.
    static func likeliest(_ scores: [Float]) -> Int {
        var best = 0
        for index in scores.indices where scores[index] > scores[best] { best = index }
        return best
    }

    /// Indices of the highest scores, falling; of equal scores the first comes first.
    ///
    /// Fewer if there are fewer.
    static func highest(_ count: Int, of scores: [Float]) -> [Int] {
        if count >= scores.count {
            return scores.indices.sorted { (scores[$1], $0) < (scores[$0], $1) }
        }
        if count == 0 { return [] }
        // A heap of the best so far with the worst on top: its threshold lets nearly every score pass by at once.
        var heap = Array(0..<count)
        func isWorse(_ a: Int, _ b: Int) -> Bool { (scores[a], b) < (scores[b], a) }
        func sink(_ start: Int) {
            var parent = start
            while true {
                var worst = parent
                for child in [2 * parent + 1, 2 * parent + 2] where child < count {
                    if isWorse(heap[child], heap[worst]) { worst = child }
                }
                if worst == parent { return }
                heap.swapAt(parent, worst)
                parent = worst
            }
        }
        for start in stride(from: count / 2, through: 0, by: -1) { sink(start) }
        for index in count..<scores.count where scores[index] > scores[heap[0]] {
            heap[0] = index
            sink(0)
        }
        return heap.sorted { isWorse($1, $0) }
    }

    /// Probabilities of scores.
    static func softmax(_ scores: [Float]) -> [Double] {
        let highest = Double(scores.max() ?? 0)
        var result = scores.map { exp(Double($0) - highest) }
        let sum = result.reduce(0, +)
        for index in result.indices { result[index] /= sum }
        return result
    }

    /// Log-probabilities of scores.
    static func logSoftmax(_ scores: [Float]) -> [Double] {
        let highest = Double(scores.max() ?? 0)
        let logarithm = highest + log(scores.reduce(0) { $0 + exp(Double($1) - highest) })
        return scores.map { Double($0) - logarithm }
    }
}
