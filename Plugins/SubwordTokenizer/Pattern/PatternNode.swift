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
