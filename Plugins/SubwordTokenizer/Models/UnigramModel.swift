import HireFiles

/// The most likely segmentation under a unigram language model, found in one pass (Viterbi).
///
/// One type serves `tokenizer.model` and `tokenizer.json`: they differ in the width of sums, and in what is done with characters
/// that no piece covers.
struct UnigramModel: SubwordModel {
    let table: TokenTable
    /// The pieces that may stand in a segmentation.
    let trie: ByteTrie
    /// By id.
    let scores: [Double]
    /// By id: sentencepiece lets these win always.
    let isUserDefined: [Bool]
    /// The id of characters that no piece covers; nil makes them an error.
    let unknown: Int?
    /// Whether sums are rounded to 32 bits, as sentencepiece's are.
    let roundsToFloat: Bool
    /// Whether unknown characters that follow each other give one id.
    let fusesUnknown: Bool
    /// The ids of bytes; nil where unknown characters are not spelt in bytes.
    let byteIDs: [Int]?
    /// The lowest and the highest score of pieces.
    let lowestScore: Double
    let highestScore: Double
    /// Named in errors.
    let path: String

    /// An unknown character scores this much less than the worst piece.
    private static let unknownPenalty = 10.0

    private struct Node {
        var score = 0.0
        var start = -1
        var id = 0
    }

    func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int]) throws {
        if range.isEmpty { return }
        let best = try search(text, range)
        var path: [(start: Int, end: Int, id: Int)] = []
        var end = range.count
        while end > 0 {
            let node = best[end]
            path.append((node.start, end, node.id))
            end = node.start
        }
        var unknownStart: Int?
        for (start, end, id) in path.reversed() {
            let isUnknown = id == unknown
            if let first = unknownStart, !(isUnknown && fusesUnknown) {
                addUnknown(text, (range.lowerBound + first)..<(range.lowerBound + start), &ids)
                unknownStart = nil
            }
            if isUnknown {
                if unknownStart == nil { unknownStart = start }
                if !fusesUnknown {
                    addUnknown(text, (range.lowerBound + start)..<(range.lowerBound + end), &ids)
                    unknownStart = nil
                }
            } else {
                ids.append(id)
            }
        }
        if let first = unknownStart {
            addUnknown(text, (range.lowerBound + first)..<range.upperBound, &ids)
        }
    }

    /// For every end, the best last piece.
    private func search(_ text: [UInt8], _ range: Range<Int>) throws -> [Node] {
        var best = [Node](repeating: Node(), count: range.count + 1)
        let unknownScore = rounded(lowestScore - UnigramModel.unknownPenalty)
        var start = 0
        while start < range.count {
            let base = best[start].score
            let length = min(
                UTF8Bytes.length(text[range.lowerBound + start]), range.count - start)
            var coversCharacter = false
            var node = ByteTrie.root
            var end = start
            while end < range.count, let next = trie.step(node, text[range.lowerBound + end]) {
                node = next
                end += 1
                guard let id = trie.value(node) else { continue }
                let score =
                    isUserDefined[id]
                    ? rounded(Double(end - start) * highestScore - 0.1) : scores[id]
                offer(score + base, start, end, id, &best)
                if end - start == length { coversCharacter = true }
            }
            if !coversCharacter {
                guard let unknown else {
                    let bytes = range.lowerBound + start
                    throw FileError.badData(
                        self.path,
                        "no token covers '\(UTF8Bytes.string(text[bytes..<(bytes + length)]))', and the model names no unknown token (unk_id)"
                    )
                }
                offer(unknownScore + base, start, start + length, unknown, &best)
            }
            start += length
        }
        return best
    }

    private func offer(_ score: Double, _ start: Int, _ end: Int, _ id: Int, _ best: inout [Node]) {
        let score = rounded(score)
        if best[end].start < 0 || score > best[end].score {
            best[end] = Node(score: score, start: start, id: id)
        }
    }

    private func rounded(_ score: Double) -> Double {
        roundsToFloat ? Double(Float(score)) : score
    }

    private func addUnknown(_ text: [UInt8], _ range: Range<Int>, _ ids: inout [Int]) {
        guard let unknown else { return }
        // A run of unknown characters that is a token after all is that token, as in tokenizers.
        if !roundsToFloat, let id = table.find(text, range) {
            ids.append(id)
        } else if let byteIDs {
            for byte in text[range] { ids.append(byteIDs[Int(byte)]) }
        } else {
            ids.append(unknown)
        }
    }
}
