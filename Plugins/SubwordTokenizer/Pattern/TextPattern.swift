import HireFiles

/// A regular expression, or a plain text, that finds its matches in a text one after the other.
///
/// Why an engine of our own: tokenizer files use a dozen constructs of Oniguruma's syntax, the pattern comes from a downloaded
/// file, and the same few lines must be memory-safe, bounded in steps, and agree with Oniguruma on what `\s` and `\p{L}` are.
/// PCRE2 would add a C library to a parser of untrusted bytes and differs in `\s` (U+180E); Swift's `Regex` has no bound on its work.
struct TextPattern: Sendable {
    private enum Kind: Sendable {
        case literal([UInt8])
        case program(PatternProgram)
    }

    private let kind: Kind
    private let source: String
    private let path: String
    /// Steps allowed for each byte of a text, beside a fixed number.
    private static let stepsPerByte = 256
    private static let freeSteps = 1 << 20

    /// A plain text.
    init(literal: [UInt8], path: String) {
        kind = .literal(literal)
        source = UTF8Bytes.string(literal)
        self.path = path
    }

    /// A regular expression.
    ///
    /// - Parameter key: where in the file it stands, for errors.
    /// - Throws: `FileError` naming the key and the character.
    init(expression: String, path: String, key: String) throws {
        source = expression
        self.path = path
        do {
            let node = try PatternParser.parse(expression)
            kind = .program(try PatternProgram(node))
        } catch let error as PatternProblem {
            throw FileError.badData(
                path, "the regular expression of '\(key)' cannot be used",
                got:
                    "\(error.problem), at character \(error.position) of '\(expression.prefix(200))'"
            )
        }
    }

    /// Every match in a part of a text, from left to right, none of them empty.
    ///
    /// - Throws: `FileError` if the pattern takes more steps than a pattern for tokenizers should.
    func matches(_ text: [UInt8], _ range: Range<Int>) throws -> [Range<Int>] {
        switch kind {
        case .literal(let literal): return UTF8Bytes.find(literal, in: text, range)
        case .program(let program):
            var matcher = PatternMatcher(
                program: program, text: text, range: range,
                stepsLeft: TextPattern.freeSteps + TextPattern.stepsPerByte * range.count)
            var found: [Range<Int>] = []
            var position = range.lowerBound
            while position < range.upperBound {
                let end = matcher.match(at: position)
                if matcher.stepsLeft < 0 {
                    throw FileError.badData(
                        path,
                        "the regular expression '\(source.prefix(200))' takes too many steps on a text of \(range.count) bytes"
                    )
                }
                if let end, end > position {
                    found.append(position..<end)
                    position = end
                } else {
                    position += UTF8Bytes.length(text[position])
                }
            }
            return found
        }
    }
}
