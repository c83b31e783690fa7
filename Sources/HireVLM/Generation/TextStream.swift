/// Turns ids into text one by one: finds stop strings and gives out what is certain.
///
/// Tokens are decoded in a window from the last stable place (as text-generation-inference and vLLM do), so the work grows
/// with the length of the answer and not with its square. Certain is what no further token can change: no incomplete
/// UTF-8, no beginning of a stop string, no white space that would be trimmed if nothing followed.
struct TextStream {
    /// All that was given out.
    private(set) var text = ""
    /// Whether a stop string came.
    var isStopped: Bool { cut != nil }

    private let tokenizer: any Tokenizer
    private let stops: [[UInt8]]
    private let longestStop: Int

    /// Ids since the last stable place; the first `read` of them decode to `windowText`, which is in `bytes`.
    private var window: [Int] = []
    private var read = 0
    private var windowText = ""
    /// UTF-8 of what is decoded, where its visible part begins and ends, and how much of it was given out.
    private var bytes: [UInt8] = []
    private var visible: Range<Int>?
    private var given = 0
    /// Where the first stop string begins.
    private var cut: Int?

    /// No UTF-8 character has more bytes, or needs more tokens.
    private static let longestCharacter = 4

    init(_ tokenizer: any Tokenizer, stop: [String]) {
        self.tokenizer = tokenizer
        stops = stop.map { Array($0.utf8) }
        longestStop = stops.map(\.count).max() ?? 0
    }

    /// Takes the next id.
    mutating func append(_ id: Int) {
        guard cut == nil, isVisible(id) else { return }
        window.append(id)
        let decoded = tokenizer.decode(window)
        if decoded.hasBytes(windowText), !decoded.hasSuffix("\u{FFFD}") {
            settle(window.count, decoded)
        } else if window.count - read > Self.longestCharacter {
            // The first id waiting began no character, or it would have ended by now.
            settle(read + 1, tokenizer.decode(Array(window[...read])))
        }
    }

    /// Takes the text of the window's first ids as certain.
    private mutating func settle(_ count: Int, _ decoded: String) {
        absorb(decoded.utf8.dropFirst(decoded.commonBytes(windowText)))
        // A window that decodes to nothing (a lone space mark) would lose the space in front of the next word.
        let tail = tokenizer.decode(Array(window[read..<count]))
        if tail.isEmpty {
            windowText = decoded
            read = count
        } else {
            window.removeFirst(read)
            windowText = tail
            read = count - read
        }
    }

    /// What has become certain since the last call; often empty.
    mutating func ready() -> String {
        give(upTo: cut ?? bytes.count - heldBack())
    }

    /// The rest, when no id follows.
    ///
    /// - Parameter ids: all ids of the answer; they need not have been appended if there are no stop strings.
    mutating func finish(_ ids: [Int]) -> String {
        let whole = Array(tokenizer.decode(ids).utf8)
        // Decoding all at once is what everybody else does; it differs only where that changes what was given out.
        if whole.starts(with: bytes[..<given]) {
            bytes = []
            visible = nil
            cut = nil
            absorb(whole)
        } else if cut == nil, read < window.count {
            let decoded = tokenizer.decode(window)
            absorb(decoded.utf8.dropFirst(decoded.commonBytes(windowText)))
        }
        return give(upTo: cut ?? bytes.count)
    }

    private func isVisible(_ id: Int) -> Bool {
        if tokenizer.token(of: id) == nil { return false }
        return !tokenizer.isSpecial(id)
    }

    /// Adds decoded text and looks for stop strings that end in it.
    private mutating func absorb(_ new: some Sequence<UInt8>) {
        let old = bytes.count
        bytes += new
        var position = old
        for scalar in String(decoding: bytes[old...], as: UTF8.self).unicodeScalars {
            let next = position + UTF8.width(scalar)
            if !scalar.properties.isWhitespace {
                visible = (visible?.lowerBound ?? position)..<next
            }
            position = next
        }
        cut = stops.compactMap { firstIndex(of: $0, from: max(0, old - longestStop + 1)) }.min()
    }

    private func firstIndex(of stop: [UInt8], from start: Int) -> Int? {
        guard start + stop.count <= bytes.count else { return nil }
        return (start...(bytes.count - stop.count)).first { place in
            bytes[place] == stop[0] && bytes[place..<(place + stop.count)].elementsEqual(stop)
        }
    }

    /// Bytes at the end that may be the beginning of a stop string.
    private func heldBack() -> Int {
        var longest = 0
        for stop in stops {
            for count in stride(from: min(stop.count - 1, bytes.count), to: longest, by: -1)
            where bytes.suffix(count).elementsEqual(stop.prefix(count)) {
                longest = count
                break
            }
        }
        return longest
    }

    private mutating func give(upTo limit: Int) -> String {
        guard let visible else { return "" }
        let start = max(given, visible.lowerBound)
        let end = min(limit, visible.upperBound)
        if start >= end { return "" }
        var piece = String(decoding: bytes[start..<end], as: UTF8.self).unicodeScalars
        while let last = piece.last, last.properties.isWhitespace { piece.removeLast() }
        given = start + String(piece).utf8.count
        text += String(piece)
        return String(piece)
    }
}

extension Tokenizer {
    /// Whether an id stands for something that is no text, such as `</s>`.
    func isSpecial(_ id: Int) -> Bool {
        decode([id]).isEmpty && !decode([id], skippingSpecialTokens: false).isEmpty
    }
}

extension String {
    /// Whether the text begins with another, byte by byte (`hasPrefix` would not see half a cluster of characters).
    fileprivate func hasBytes(_ prefix: String) -> Bool { utf8.starts(with: prefix.utf8) }

    /// Length of the common beginning in bytes, at whole characters.
    fileprivate func commonBytes(_ other: String) -> Int {
        zip(unicodeScalars, other.unicodeScalars).prefix { $0 == $1 }
            .reduce(0) { $0 + UTF8.width($1.0) }
    }
}
