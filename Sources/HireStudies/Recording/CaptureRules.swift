import HireFiles
import HireNN

/// Which points are captured and what is kept of each.
///
/// Rules are read in order. A pattern with `!` removes what earlier ones chose; a point that several choose is kept as
/// the last of them says.
public struct CaptureRules {
    /// Patterns with the options that go with them.
    public struct Rule {
        /// Globs over capture points.
        public var patterns: [String]
        /// What of a point is kept.
        public var options: CaptureOptions
        /// Chooses among the names that the patterns select; nil takes all.
        public var filter: ((String) throws -> Bool)?

        /// A rule.
        public init(
            _ patterns: [String], _ options: CaptureOptions = CaptureOptions(),
            where filter: ((String) throws -> Bool)? = nil
        ) {
            self.patterns = patterns
            self.options = options
            self.filter = filter
        }
    }

    /// The rules in order.
    public var rules: [Rule]
    /// Chooses among the names that the rules select; nil takes all.
    public var filter: ((String) throws -> Bool)?

    /// Rules in order.
    public init(_ rules: [Rule], where filter: ((String) throws -> Bool)? = nil) {
        self.rules = rules
        self.filter = filter
    }

    /// Points of which everything is kept.
    public init(patterns: [String]) {
        self.init(patterns.isEmpty ? [] : [Rule(patterns)])
    }

    /// Whether nothing is asked for.
    public var isEmpty: Bool { rules.allSatisfy(\.patterns.isEmpty) }
    /// Every pattern in order.
    public var patterns: [String] { rules.flatMap(\.patterns) }
    /// Whether everything is kept of every point.
    public var isPlain: Bool { rules.allSatisfy(\.options.isPlain) }

    /// The chosen points in their order, each with what is kept of it.
    ///
    /// - Throws: `GlobError`, and `CaptureError` with the nearest names for a pattern that does nothing.
    public func choose(among points: [String]) throws -> [(name: String, options: CaptureOptions)] {
        let owners = rules.indices.flatMap { rule in rules[rule].patterns.map { _ in rule } }
        let chosen: [Int?]
        do {
            chosen = try GlobList(patterns).choose(among: points)
        } catch let problem as GlobList.Problem {
            throw CaptureError("", problem.sentence(among: points))
        }
        var found: [(name: String, options: CaptureOptions)] = []
        for (name, pattern) in zip(points, chosen) {
            guard let pattern else { continue }
            let rule = rules[owners[pattern]]
            if let filter = rule.filter, try !filter(name) { continue }
            if let filter, try !filter(name) { continue }
            found.append((name, rule.options))
        }
        if found.isEmpty, !isEmpty {
            throw CaptureError(
                "",
                "The function chose none of the points that \(patterns.joined(separator: ", ")) selects."
            )
        }
        return found
    }

    /// The rules without the patterns that do nothing among some points: variants of one study differ in what they have.
    ///
    /// - Throws: `GlobError`.
    public func applicable(among points: [String]) throws -> CaptureRules {
        var kept = rules
        var before: [String] = []
        for index in kept.indices {
            kept[index].patterns = try kept[index].patterns.filter { pattern in
                let isNegated = pattern.hasPrefix("!")
                if isNegated, before.isEmpty { return false }
                let list = try GlobList(isNegated ? before + [pattern] : [pattern])
                do {
                    _ = try list.choose(among: points)
                } catch is GlobList.Problem {
                    return false
                }
                before.append(pattern)
                return true
            }
        }
        return CaptureRules(kept.filter { !$0.patterns.isEmpty }, where: filter)
    }

    /// What determines the stored numbers; functions are known by the points that they chose, which the caller adds.
    public func json() -> JSONValue {
        .array(
            rules.map { rule in
                var object = rule.options.json()
                object["patterns"] = .array(rule.patterns.map { .string($0) })
                return .object(object)
            })
    }
}
