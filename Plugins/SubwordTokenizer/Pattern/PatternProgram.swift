/// A pattern compiled to steps for a backtracking matcher.
struct PatternProgram: Sendable {
    enum Step: Sendable {
        /// One character of a set (an index into `sets`).
        case set(Int)
        /// As many characters of a set as there are, between two counts; gives back one by one if `givesBack`.
        case run(Int, least: Int, most: Int, givesBack: Bool)
        /// Tries the first target, and the second if that fails.
        case split(Int, Int)
        case jump(Int)
        /// Goes on at the target if what stands from the next step to its `match` does (not) match here.
        case lookahead(negative: Bool, target: Int)
        case lineStart
        case lineEnd
        case match
    }

    private(set) var steps: [Step] = []
    private(set) var sets: [PatternSet] = []
    private static let longest = 20_000

    /// Compiles a tree.
    ///
    /// - Throws: `PatternProblem` if counts make it too large.
    init(_ node: PatternNode) throws {
        try add(node)
        steps.append(.match)
    }

    private mutating func add(_ node: PatternNode) throws {
        if steps.count > PatternProgram.longest {
            throw PatternProblem(
                problem: "the counts of the pattern make it too large", position: 0)
        }
        switch node {
        case .empty: break
        case .set(let set):
            sets.append(set)
            steps.append(.set(sets.count - 1))
        case .sequence(let nodes): for node in nodes { try add(node) }
        case .alternatives(let branches): try addAlternatives(branches)
        case .repeated(let node, let least, let most, let greed):
            try addRepeated(node, least, most, greed)
        case .lookahead(let inside, let negative):
            let place = steps.count
            steps.append(.match)
            try add(inside)
            steps.append(.match)
            steps[place] = .lookahead(negative: negative, target: steps.count)
        case .lineStart: steps.append(.lineStart)
        case .lineEnd: steps.append(.lineEnd)
        }
    }

    private mutating func addAlternatives(_ branches: [PatternNode]) throws {
        var jumps: [Int] = []
        for (index, branch) in branches.enumerated() {
            let isLast = index == branches.count - 1
            let place = steps.count
            if !isLast { steps.append(.match) }
            try add(branch)
            if !isLast {
                jumps.append(steps.count)
                steps.append(.match)
                steps[place] = .split(place + 1, steps.count)
            }
        }
        for place in jumps { steps[place] = .jump(steps.count) }
    }

    private mutating func addRepeated(
        _ node: PatternNode, _ least: Int, _ most: Int?, _ greed: PatternGreed
    ) throws {
        if case .set(let set) = node, greed != .lazy {
            sets.append(set)
            steps.append(
                .run(
                    sets.count - 1, least: least, most: most ?? Int.max,
                    givesBack: greed == .greedy))
            return
        }
        for _ in 0..<least { try add(node) }
        func choice(_ inside: Int, _ after: Int) -> Step {
            greed == .lazy ? .split(after, inside) : .split(inside, after)
        }
        if let most {
            var places: [Int] = []
            for _ in least..<max(most, least) {
                places.append(steps.count)
                steps.append(.match)
                try add(node)
            }
            for place in places { steps[place] = choice(place + 1, steps.count) }
        } else {
            let place = steps.count
            steps.append(.match)
            try add(node)
            steps.append(.jump(place))
            steps[place] = choice(place + 1, steps.count)
        }
    }
}
