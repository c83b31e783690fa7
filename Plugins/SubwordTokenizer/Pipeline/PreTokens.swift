/// A text cut into pieces on the way to the model.
struct PreTokens {
    /// The bytes that the pieces are ranges of.
    var text: [UInt8]
    /// In order; none is empty.
    var pieces: [Range<Int>]
    /// Whether the first piece is the beginning of the whole text, with no added token before it.
    let isTextStart: Bool

    /// One piece.
    init(_ text: [UInt8], isTextStart: Bool) {
        self.text = text
        pieces = text.isEmpty ? [] : [0..<text.count]
        self.isTextStart = isTextStart
    }

    /// Writes every piece anew.
    mutating func rewrite(
        _ body: (_ piece: Range<Int>, _ isFirst: Bool, _ text: [UInt8], _ output: inout [UInt8]) ->
            Void
    ) {
        var output: [UInt8] = []
        output.reserveCapacity(text.count + text.count / 2 + 8)
        var ranges: [Range<Int>] = []
        for (index, piece) in pieces.enumerated() {
            let start = output.count
            body(piece, index == 0 && isTextStart, text, &output)
            if output.count > start { ranges.append(start..<output.count) }
        }
        text = output
        pieces = ranges
    }

    /// Cuts every piece where matches lie.
    mutating func split(
        _ behavior: SplitBehavior, inverted: Bool = false,
        matches: (_ text: [UInt8], _ piece: Range<Int>) throws -> [Range<Int>]
    ) rethrows {
        var result: [Range<Int>] = []
        for piece in pieces {
            var parts: [(range: Range<Int>, isMatch: Bool)] = []
            var position = piece.lowerBound
            for match in try matches(text, piece) {
                if position < match.lowerBound {
                    parts.append((position..<match.lowerBound, inverted))
                }
                parts.append((match, !inverted))
                position = match.upperBound
            }
            if position < piece.upperBound { parts.append((position..<piece.upperBound, inverted)) }
            result += behavior.join(parts)
        }
        pieces = result
    }

    /// Cuts every piece at characters of a kind, each a match of its own.
    mutating func split(_ behavior: SplitBehavior, at isMatch: (Unicode.Scalar) -> Bool) {
        split(behavior) { text, piece in
            var found: [Range<Int>] = []
            var position = piece.lowerBound
            while position < piece.upperBound {
                let (scalar, length) = UTF8Bytes.scalar(text, at: position, end: piece.upperBound)
                if isMatch(scalar) { found.append(position..<(position + length)) }
                position += length
            }
            return found
        }
    }
}

/// What becomes of a match that cuts a piece; the names are those of Hugging Face's tokenizers.
enum SplitBehavior: String, CaseIterable {
    case removed = "Removed"
    case isolated = "Isolated"
    case mergedWithPrevious = "MergedWithPrevious"
    case mergedWithNext = "MergedWithNext"
    case contiguous = "Contiguous"

    /// The pieces that parts, matching or not, become.
    func join(_ parts: [(range: Range<Int>, isMatch: Bool)]) -> [Range<Int>] {
        switch self {
        case .removed: return parts.filter { !$0.isMatch }.map(\.range)
        case .isolated: return parts.map(\.range)
        case .contiguous:
            var result: [Range<Int>] = []
            var last: Bool?
            for (range, isMatch) in parts {
                if isMatch == last, let end = result.indices.last {
                    result[end] = result[end].lowerBound..<range.upperBound
                } else {
                    result.append(range)
                }
                last = isMatch
            }
            return result
        case .mergedWithPrevious:
            var result: [Range<Int>] = []
            var wasMatch = false
            for (range, isMatch) in parts {
                if isMatch, !wasMatch, let end = result.indices.last {
                    result[end] = result[end].lowerBound..<range.upperBound
                } else {
                    result.append(range)
                }
                wasMatch = isMatch
            }
            return result
        case .mergedWithNext:
            var result: [Range<Int>] = []
            var wasMatch = false
            for (range, isMatch) in parts.reversed() {
                if isMatch, !wasMatch, let end = result.indices.last {
                    result[end] = range.lowerBound..<result[end].upperBound
                } else {
                    result.append(range)
                }
                wasMatch = isMatch
            }
            return result.reversed()
        }
    }
}
