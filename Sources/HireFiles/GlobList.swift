/// An ordered list of patterns, some of which take away again what earlier ones chose.
///
/// A pattern with `!` in front removes: `{"encoder.**", "!encoder.embeddings.**"}`. Each name belongs to the last pattern
/// that chose it.
public struct GlobList: Sendable {
    /// The patterns as they were written.
    public let patterns: [String]
    private let rules: [(glob: Glob, isNegated: Bool)]

    /// What is wrong with a list for given names.
    public enum Problem: Error, Equatable, Sendable {
        /// A pattern matches none of the names.
        case matchesNothing(String)
        /// A pattern with `!` takes nothing away from what the patterns before it chose.
        case removesNothing(String)
        /// All names that were chosen were taken away again.
        case nothingLeft
    }

    /// Compiles patterns.
    ///
    /// - Throws: `GlobError`, also where every pattern only removes.
    public init(_ patterns: [String]) throws {
        self.patterns = patterns
        rules = try patterns.map { pattern in
            guard pattern.hasPrefix("!") else { return (try Glob(pattern), false) }
            do {
                return (try Glob(String(pattern.dropFirst())), true)
            } catch let error as GlobError {
                throw GlobError(
                    pattern: pattern, position: error.position + 1, problem: error.problem)
            }
        }
        if let first = patterns.first, rules.allSatisfy(\.isNegated) {
            throw GlobError(
                pattern: first, position: 1,
                problem:
                    "'!' removes from what earlier patterns chose, and there is none that chooses "
                    + "(put \"**\" in front to begin with everything)")
        }
    }

    /// For each of `count` names the index of the pattern that chose it last, or nil.
    ///
    /// - Parameters:
    ///   - isLenient: lets patterns be that do nothing.
    ///   - matches: whether a pattern fits a name.
    /// - Throws: `Problem` for the first pattern that does nothing.
    public func choose(
        _ count: Int, isLenient: Bool = false, _ matches: (Glob, Int) -> Bool
    ) throws -> [Int?] {
        var chosen = [Int?](repeating: nil, count: count)
        for (index, rule) in rules.enumerated() {
            let fitting = (0..<count).filter { matches(rule.glob, $0) }
            if !rule.isNegated {
                if fitting.isEmpty, !isLenient { throw Problem.matchesNothing(patterns[index]) }
                for name in fitting { chosen[name] = index }
                continue
            }
            let removed = fitting.filter { chosen[$0] != nil }
            if removed.isEmpty, !isLenient { throw Problem.removesNothing(patterns[index]) }
            for name in removed { chosen[name] = nil }
        }
        if !rules.isEmpty, !isLenient, chosen.allSatisfy({ $0 == nil }) {
            throw Problem.nothingLeft
        }
        return chosen
    }
}
