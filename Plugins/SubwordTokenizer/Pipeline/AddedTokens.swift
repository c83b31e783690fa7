/// A token that is found in a text before the model sees it, such as `<image>`.
struct AddedToken {
    let id: Int
    let content: [UInt8]
    /// Whether white space before (after) it belongs to it.
    var stripsLeft = false
    var stripsRight = false
    /// Whether it counts only where no word touches it.
    var isSingleWord = false
    /// Whether it is looked for in the normalised text, itself normalised.
    var isNormalized = false
    /// Whether decoding can leave it out.
    var isSpecial = true
}

/// The added tokens of a tokenizer, and a text cut at them.
struct AddedTokens {
    /// A part of a text: an added token, or a stretch between them.
    enum Part {
        case token(Int)
        case text(Range<Int>)
    }

    private(set) var tokens: [AddedToken] = []
    private var places: [[UInt8]: Int] = [:]
    private var placeOfID: [Int: Int] = [:]

    /// No added tokens.
    init() {}

    /// Adds a token; one with the same content or the same id is replaced.
    mutating func insert(_ token: AddedToken) {
        if let place = places[token.content] ?? placeOfID[token.id] {
            places[tokens[place].content] = nil
            placeOfID[tokens[place].id] = nil
            tokens[place] = token
            places[token.content] = place
            placeOfID[token.id] = place
        } else {
            places[token.content] = tokens.count
            placeOfID[token.id] = tokens.count
            tokens.append(token)
        }
    }

    /// The token that is spelt so, or nil.
    subscript(content: [UInt8]) -> AddedToken? { places[content].map { tokens[$0] } }

    /// The token with an id, or nil.
    subscript(id id: Int) -> AddedToken? { placeOfID[id].map { tokens[$0] } }
}

/// Finds added tokens from left to right, the longest where several begin.
struct AddedTokenFinder {
    private let trie: ByteTrie
    private let tokens: [AddedToken]

    /// A finder; `contents` are what is looked for, one for each token.
    init(_ tokens: [AddedToken], contents: [[UInt8]]) {
        self.tokens = tokens
        trie = ByteTrie(contents.enumerated().map { ($0.element, $0.offset) })
    }

    /// Cuts a text.
    func split(_ text: [UInt8]) -> [AddedTokens.Part] {
        if text.isEmpty { return [] }
        if tokens.isEmpty { return [.text(0..<text.count)] }
        var parts: [AddedTokens.Part] = []
        var done = 0
        var position = 0
        while position < text.count {
            guard trie.begins(with: text[position]),
                let found = trie.longest(text, at: position, end: text.count)
            else {
                position += 1
                continue
            }
            let token = tokens[found.value]
            var start = position
            var end = position + found.length
            position = end
            if token.isSingleWord, touchesWord(text, start, end) { continue }
            if token.stripsLeft { start = max(leftEnd(text, start), done) }
            if token.stripsRight { end = rightEnd(text, end) }
            if done < start { parts.append(.text(done..<start)) }
            parts.append(.token(token.id))
            done = end
            position = max(position, end)
        }
        if done < text.count { parts.append(.text(done..<text.count)) }
        return parts
    }

    private func touchesWord(_ text: [UInt8], _ start: Int, _ end: Int) -> Bool {
        if start > 0,
            CharacterKinds.isWordOrJoiner(UTF8Bytes.scalar(text, before: start, start: 0).0)
        {
            return true
        }
        return end < text.count
            && CharacterKinds.isWordOrJoiner(UTF8Bytes.scalar(text, at: end, end: text.count).0)
    }

    private func leftEnd(_ text: [UInt8], _ start: Int) -> Int {
        var position = start
        while position > 0 {
            let (scalar, place) = UTF8Bytes.scalar(text, before: position, start: 0)
            if !CharacterKinds.isSpace(scalar) { break }
            position = place
        }
        return position
    }

    private func rightEnd(_ text: [UInt8], _ end: Int) -> Int {
        var position = end
        while position < text.count {
            let (scalar, length) = UTF8Bytes.scalar(text, at: position, end: text.count)
            if !CharacterKinds.isSpace(scalar) { break }
            position += length
        }
        return position
    }
}
