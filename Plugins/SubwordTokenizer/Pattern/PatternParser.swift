/// Reads the part of Oniguruma's syntax that tokenizer files use; refuses the rest by name.
///
/// Known: literals, escapes, `.`, sets with ranges and `\p{…}`, `\s \d \w` and their opposites, groups `(…) (?:…) (?i:…)`,
/// alternatives, lookahead `(?=…) (?!…)`, `* + ? {n,m}` greedy, lazy and possessive, `^` and `$` at the ends of lines (as in Ruby, whose syntax tokenizers uses).
struct PatternParser {
    private let characters: [Unicode.Scalar]
    private var position = 0
    private var depth = 0
    private var ignoresCase = false
    private static let deepest = 32
    private static let longest = 4096

    /// The tree of a pattern.
    ///
    /// - Throws: `PatternProblem`.
    static func parse(_ pattern: String) throws -> PatternNode {
        var parser = PatternParser(characters: Array(pattern.unicodeScalars))
        guard parser.characters.count <= longest else {
            throw PatternProblem(
                problem: "the pattern has more than \(longest) characters", position: longest)
        }
        let node = try parser.alternatives()
        if parser.position < parser.characters.count {
            throw parser.problem("this ')' closes nothing")
        }
        return node
    }

    private init(characters: [Unicode.Scalar]) { self.characters = characters }

    private var current: Unicode.Scalar? {
        position < characters.count ? characters[position] : nil
    }

    private func problem(_ text: String) -> PatternProblem {
        PatternProblem(problem: text, position: position)
    }

    private mutating func take(_ text: String) -> Bool {
        let wanted = Array(text.unicodeScalars)
        guard characters[position...].starts(with: wanted) else { return false }
        position += wanted.count
        return true
    }

    // MARK: Structure

    private mutating func alternatives() throws -> PatternNode {
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .alternatives(branches)
    }

    private mutating func sequence() throws -> PatternNode {
        var nodes: [PatternNode] = []
        while let next = current, next != "|", next != ")" {
            let atom = try atom()
            nodes.append(try repetition(of: atom))
        }
        return nodes.count == 1 ? nodes[0] : nodes.isEmpty ? .empty : .sequence(nodes)
    }

    private mutating func atom() throws -> PatternNode {
        if take("(") { return try group() }
        if take("[") { return .set(try set()) }
        if take(".") { return .set(PatternSet([.range(10...10)], negated: true)) }
        if take("^") { return .lineStart }
        if take("$") { return .lineEnd }
        if take("\\") { return .set(PatternSet([try escape()], ignoringCase: ignoresCase)) }
        guard let next = current else {
            throw problem("the pattern ends where a character is expected")
        }
        if ["*", "+", "?"].contains(next) { throw problem("'\(next)' has nothing to repeat") }
        position += 1
        return .set(PatternSet([.range(next.value...next.value)], ignoringCase: ignoresCase))
    }

    private mutating func group() throws -> PatternNode {
        depth += 1
        defer { depth -= 1 }
        if depth > PatternParser.deepest {
            throw problem("groups are nested more than \(PatternParser.deepest) deep")
        }
        let outer = ignoresCase
        defer { ignoresCase = outer }
        var lookahead: Bool?
        if take("?") {
            if take("i:") {
                ignoresCase = true
            } else if take("=") {
                lookahead = false
            } else if take("!") {
                lookahead = true
            } else if !take(":") {
                throw problem(
                    "this kind of group is not supported; known are (…) (?:…) (?i:…) (?=…) (?!…)")
            }
        }
        let inside = try alternatives()
        guard take(")") else { throw problem("a ')' is missing") }
        if let lookahead { return .lookahead(inside, negative: lookahead) }
        return inside
    }

    private mutating func repetition(of atom: PatternNode) throws -> PatternNode {
        var node = atom
        while let (least, most) = try counts() {
            let greed: PatternGreed = take("?") ? .lazy : take("+") ? .possessive : .greedy
            if case .possessive = greed, case .set = node {
            } else if case .possessive = greed {
                throw problem("a possessive repetition of a group is not supported")
            }
            if most == nil, greed != .possessive, node.matchesNothing {
                throw problem("what is repeated without end can match nothing")
            }
            node = .repeated(node, least: least, most: most, greed)
        }
        return node
    }

    private mutating func counts() throws -> (Int, Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        guard current == "{" else { return nil }
        position += 1
        let least = number()
        var most = least
        if take(",") { most = number() }
        guard take("}"), least != nil || most != nil else {
            throw problem("a count must be {n}, {n,}, {,m} or {n,m}")
        }
        let low = least ?? 0
        if max(low, most ?? 0) > 1000 || low > most ?? Int.max {
            throw problem("a count must rise and be at most 1000")
        }
        return (low, most)
    }

    private mutating func number() -> Int? {
        var value: Int?
        while let next = current, (0x30...0x39).contains(next.value), (value ?? 0) < 100_000 {
            value = (value ?? 0) * 10 + Int(next.value - 0x30)
            position += 1
        }
        return value
    }

    // MARK: Characters

    private mutating func set() throws -> PatternSet {
        let negated = take("^")
        var items: [PatternSet.Item] = []
        while true {
            guard let next = current else { throw problem("a ']' is missing") }
            if next == "]", !items.isEmpty { break }
            if next == "[" || (next == "&" && characters[position...].starts(with: ["&", "&"])) {
                throw problem("a set within a set is not supported; write '\\[' for the bracket")
            }
            let first = try setItem()
            if current == "-", position + 1 < characters.count, characters[position + 1] != "]",
                case .range(let low) = first, low.count == 1
            {
                position += 1
                guard case .range(let high) = try setItem(), high.count == 1,
                    low.lowerBound <= high.upperBound
                else { throw problem("a range of a set must rise from one character to another") }
                items.append(.range(low.lowerBound...high.upperBound))
            } else {
                items.append(first)
            }
        }
        position += 1
        return PatternSet(items, negated: negated, ignoringCase: ignoresCase)
    }

    private mutating func setItem() throws -> PatternSet.Item {
        guard let next = current else { throw problem("a ']' is missing") }
        position += 1
        return next == "\\" ? try escape() : .range(next.value...next.value)
    }

    private mutating func escape() throws -> PatternSet.Item {
        guard let kind = current else { throw problem("the pattern ends after a backslash") }
        position += 1
        func one(_ value: UInt32) -> PatternSet.Item { .range(value...value) }
        switch kind {
        case "n": return one(10)
        case "r": return one(13)
        case "t": return one(9)
        case "f": return one(12)
        case "v": return one(11)
        case "s": return .space
        case "S": return .not(PatternSet([.space]))
        case "w": return .word
        case "W": return .not(PatternSet([.word]))
        case "d": return .categories([.decimalNumber])
        case "D": return .not(PatternSet([.categories([.decimalNumber])]))
        case "p", "P": return try property(negated: kind == "P")
        case "u": return one(try hexadecimal(count: 4))
        case "x": return one(try hexadecimal(count: 2))
        default:
            if kind.properties.isAlphabetic || (0x30...0x39).contains(kind.value) {
                position -= 1
                throw problem("the escape '\\\(kind)' is not supported")
            }
            return one(kind.value)
        }
    }

    private mutating func hexadecimal(count: Int) throws -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<count {
            guard let next = current, next.isASCII,
                let digit = UInt32(String(Character(next)), radix: 16)
            else { throw problem("\(count) hexadecimal digits are expected") }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private mutating func property(negated: Bool) throws -> PatternSet.Item {
        guard take("{") else { throw problem("'{' is expected after \\p") }
        let isOpposite = take("^") != negated
        var name = ""
        while let next = current, next != "}", name.utf8.count < 64 {
            name.unicodeScalars.append(next)
            position += 1
        }
        let found = CharacterKinds.categories.filter {
            let full = CharacterKinds.categoryName($0)
            return full == name || (name.utf8.count == 1 && full.hasPrefix(name))
        }
        guard take("}"), !found.isEmpty else {
            throw problem(
                "the property '\(name)' is not supported; known are general categories such as L, Lu, N"
            )
        }
        let item = PatternSet.Item.categories(Set(found))
        return isOpposite ? .not(PatternSet([item])) : item
    }
}
