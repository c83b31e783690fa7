/// A pattern as its parser understood it.
indirect enum PatternNode {
    case empty
    case set(PatternSet)
    case sequence([PatternNode])
    case alternatives([PatternNode])
    case repeated(PatternNode, least: Int, most: Int?, PatternGreed)
    case lookahead(PatternNode, negative: Bool)
    case lineStart
    case lineEnd

    /// Whether a match can be empty: repeating it without end would never end.
    var matchesNothing: Bool {
        switch self {
        case .empty, .lookahead, .lineStart, .lineEnd: true
        case .set: false
        case .sequence(let nodes): nodes.allSatisfy(\.matchesNothing)
        case .alternatives(let nodes): nodes.contains(where: \.matchesNothing)
        case .repeated(let node, let least, _, _): least == 0 || node.matchesNothing
        }
    }
}

/// How much a repetition takes when it has a choice.
enum PatternGreed {
    /// As much as possible, giving back where the rest demands it.
    case greedy
    /// As little as possible.
    case lazy
    /// As much as possible, giving nothing back.
    case possessive
}

/// What is wrong with a pattern: the words, and the character at which it is, counted from 0.
struct PatternProblem: Error {
    let problem: String
    let position: Int
}
