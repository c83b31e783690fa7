/// A pattern for module paths such as `encoder.layers.[0-3].*.output`.
///
/// Paths consist of segments separated by dots. `*` stands for any letters within one segment, `?` for one letter,
/// `[0-3a]` for one of those letters and `[!0-3]` for any other, `{a,b}` for either alternative, `{20..23}` for one of
/// those numbers, and the segment `**` for any number of segments, none included. Everything else stands for itself.
/// `GlobList` adds patterns that remove.
///
/// Matching follows all possibilities at once, so its time grows with pattern length times path length and never
/// explodes.
public struct Glob: Sendable, Hashable, CustomStringConvertible {
    /// The pattern as it was written.
    public let pattern: String
    let states: [GlobState]
    let start: Int

    /// Compiles a pattern.
    ///
    /// - Throws: `GlobError` naming the position of what makes no sense.
    public init(_ pattern: String) throws {
        self.pattern = pattern
        var compiler = GlobCompiler(pattern)
        start = try compiler.compile()
        states = compiler.states
    }

    /// The pattern as it was written.
    public var description: String { pattern }

    /// Whether the whole path fits the pattern.
    public func matches(_ path: String) -> Bool {
        var current = StateSet(count: states.count)
        var next = StateSet(count: states.count)
        add(start, to: &current)
        // Each segment ends with a dot, the last one too, which is what lets `**` stand for none.
        for scalar in path.unicodeScalars { if !step(scalar, &current, &next) { return false } }
        if !step(".", &current, &next) { return false }
        return current.members.contains { states[$0] == .accept }
    }

    /// The paths that fit, in their given order.
    public func select(from paths: some Sequence<String>) -> [String] {
        paths.filter(matches)
    }

    private func step(_ scalar: Unicode.Scalar, _ current: inout StateSet, _ next: inout StateSet)
        -> Bool
    {
        next.removeAll()
        for state in current.members {
            if let target = states[state].target(on: scalar) { add(target, to: &next) }
        }
        swap(&current, &next)
        return !current.members.isEmpty
    }

    /// Adds a state and all that it reaches without a letter.
    private func add(_ state: Int, to set: inout StateSet) {
        var waiting = [state]
        while let state = waiting.popLast() {
            if !set.insert(state) { continue }
            if case .split(let targets) = states[state] { waiting.append(contentsOf: targets) }
        }
    }

    private struct StateSet {
        var members: [Int] = []
        private var present: [Bool]

        init(count: Int) { present = [Bool](repeating: false, count: count) }

        mutating func insert(_ state: Int) -> Bool {
            if present[state] { return false }
            present[state] = true
            members.append(state)
            return true
        }

        mutating func removeAll() {
            for state in members { present[state] = false }
            members.removeAll(keepingCapacity: true)
        }
    }
}
