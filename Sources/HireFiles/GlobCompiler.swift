/// One state of the automaton that a pattern becomes.
enum GlobState: Sendable, Hashable {
    case letter(Unicode.Scalar, next: Int)
    /// Any letter but the dot.
    case any(next: Int)
    /// A letter in one of the ranges, or, if negated, one in none of them; never the dot.
    case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool, next: Int)
    case split([Int])
    case accept

    /// Where a letter leads, or nil.
    func target(on scalar: Unicode.Scalar) -> Int? {
        switch self {
        case .letter(let own, let next): own == scalar ? next : nil
        case .any(let next): scalar == "." ? nil : next
        case .oneOf(let ranges, let negated, let next):
            scalar != "." && ranges.contains { $0.contains(scalar) } != negated ? next : nil
        case .split, .accept: nil
        }
    }
}

/// Turns a pattern into states, built from the end so that every state knows its successor.
struct GlobCompiler {
    private indirect enum Part {
        case letter(Unicode.Scalar)
        case anyLetter
        case anyLetters
        case anySegments
        case oneOf([ClosedRange<Unicode.Scalar>], negated: Bool)
        case choice([[Part]])
    }

    private(set) var states: [GlobState] = []
    private let pattern: String
    private let letters: [Unicode.Scalar]
    private var position = 0

    private static let longestPattern = 1024
    private static let deepestBraces = 8
    private static let mostNumbers = 1024

    init(_ pattern: String) {
        self.pattern = pattern
        letters = Array(pattern.unicodeScalars)
    }

    /// Fills `states` and returns the first.
    mutating func compile() throws -> Int {
        if letters.isEmpty { throw error("it is empty") }
        if letters.count > GlobCompiler.longestPattern {
            throw error("it is longer than \(GlobCompiler.longestPattern) letters")
        }
        let parts = try parse(depth: 0)
        let end = append(.accept)
        // `**` brings the dot after itself; any other last segment gets one here.
        if case .anySegments? = parts.last { return emit(parts, before: end) }
        return emit(parts, before: append(.letter(".", next: end)))
    }

    // MARK: Reading

    private mutating func parse(depth: Int) throws -> [Part] {
        var parts: [Part] = []
        while position < letters.count {
            let letter = letters[position]
            if depth > 0, letter == "," || letter == "}" { return parts }
            switch letter {
            case "*": parts.append(try parseStars(depth: depth))
            case "?":
                parts.append(.anyLetter)
                position += 1
            case "[": parts.append(try parseSet())
            case "{": parts.append(try parseChoice(depth: depth + 1))
            case "]", "}": throw error("'\(letter)' closes nothing")
            default:
                parts.append(.letter(letter))
                position += 1
            }
        }
        return parts
    }

    private mutating func parseStars(depth: Int) throws -> Part {
        let first = position
        while position < letters.count, letters[position] == "*" { position += 1 }
        if position - first == 1 { return .anyLetters }
        let whole =
            position - first == 2 && depth == 0 && (first == 0 || letters[first - 1] == ".")
            && (position == letters.count || letters[position] == ".")
        if !whole {
            position = first
            throw error("'**' must be a whole segment, as in 'encoder.**.output'")
        }
        if position < letters.count { position += 1 }  // its dot belongs to it
        return .anySegments
    }

    private mutating func parseSet() throws -> Part {
        let first = position
        position += 1
        let negated = position < letters.count && letters[position] == "!"
        if negated { position += 1 }
        var ranges: [ClosedRange<Unicode.Scalar>] = []
        while position < letters.count, letters[position] != "]" {
            let low = letters[position]
            var high = low
            if position + 2 < letters.count, letters[position + 1] == "-",
                letters[position + 2] != "]"
            {
                high = letters[position + 2]
                if high < low { throw error("the range '\(low)-\(high)' runs backwards") }
                position += 2
            }
            ranges.append(low...high)
            position += 1
        }
        if position == letters.count || ranges.isEmpty {
            position = first
            throw error("'[' needs letters and a closing ']'")
        }
        position += 1
        return .oneOf(ranges, negated: negated)
    }

    private mutating func parseChoice(depth: Int) throws -> Part {
        let first = position
        if depth > GlobCompiler.deepestBraces {
            throw error("braces may nest \(GlobCompiler.deepestBraces) deep")
        }
        var alternatives: [[Part]] = []
        repeat {
            position += 1
            alternatives.append(try parse(depth: depth))
        } while position < letters.count && letters[position] == ","
        if position == letters.count {
            position = first
            throw error("'{' needs a closing '}'")
        }
        position += 1
        return try numbers(alternatives) ?? .choice(alternatives)
    }

    /// `{20..23}` counts, upwards or downwards; nil for braces that hold something else.
    private func numbers(_ alternatives: [[Part]]) throws -> Part? {
        guard alternatives.count == 1 else { return nil }
        let text = alternatives[0].reduce(into: "") { text, part in
            if case .letter(let letter) = part {
                text.unicodeScalars.append(letter)
            } else {
                text += "?"
            }
        }
        let ends = text.split(separator: ".", omittingEmptySubsequences: false)
        guard ends.count == 3, ends[1].isEmpty, let first = Int(ends[0]), let last = Int(ends[2]),
            first >= 0, last >= 0
        else { return nil }
        guard abs(first - last) < GlobCompiler.mostNumbers else {
            throw error("{\(text)} counts more than \(GlobCompiler.mostNumbers) numbers")
        }
        return .choice(
            (min(first, last)...max(first, last)).map { "\($0)".unicodeScalars.map(Part.letter) })
    }

    private func error(_ problem: String) -> GlobError {
        GlobError(pattern: pattern, position: position + 1, problem: problem)
    }

    // MARK: Building

    private mutating func append(_ state: GlobState) -> Int {
        states.append(state)
        return states.count - 1
    }

    private mutating func emit(_ parts: [Part], before end: Int) -> Int {
        var next = end
        for part in parts.reversed() {
            switch part {
            case .letter(let scalar): next = append(.letter(scalar, next: next))
            case .anyLetter: next = append(.any(next: next))
            case .oneOf(let ranges, let negated):
                next = append(.oneOf(ranges, negated: negated, next: next))
            case .anyLetters: next = emitLoop(before: next)
            case .anySegments:
                // ( any* "." )*, where the inner loop and its dot lead back to the outer one
                let outer = append(.split([]))
                let inner = emitLoop(before: append(.letter(".", next: outer)))
                states[outer] = .split([inner, next])
                next = outer
            case .choice(let alternatives):
                var starts: [Int] = []
                for alternative in alternatives { starts.append(emit(alternative, before: next)) }
                next = append(.split(starts))
            }
        }
        return next
    }

    private mutating func emitLoop(before next: Int) -> Int {
        let loop = append(.split([]))
        let letter = append(.any(next: loop))
        states[loop] = .split([letter, next])
        return loop
    }
}
