/// Ids in, text out as soon as it is whole: what shows an answer while it is generated.
///
/// A token can end in the middle of a character, and how it decodes can depend on the token before it (a leading space), so the
/// stream decodes the ids since the last but one piece of text and gives out what has come on top, unless that ends in U+FFFD.
/// The pieces together are the text that `decode` gives for all ids, wherever the ids spell valid UTF-8.
public struct TextStream {
    /// After so many ids without a whole character the stream stops waiting.
    private static let longestWait = 32

    private let tokenizer: any Tokenizer
    private let skipsSpecialTokens: Bool
    private var ids: [Int] = []
    /// How many of the ids have been given out; they are kept as context for those that follow.
    private var shown = 0
    private var shownText: [UInt8] = []

    /// A stream at its beginning.
    ///
    /// - Parameter skippingSpecialTokens: whether special tokens are left out of the text.
    public init(_ tokenizer: any Tokenizer, skippingSpecialTokens: Bool = true) {
        self.tokenizer = tokenizer
        skipsSpecialTokens = skippingSpecialTokens
    }

    /// Takes the next id; returns the text that is whole by now, often empty.
    public mutating func append(_ id: Int) -> String {
        ids.append(id)
        return take(evenIfBroken: ids.count - shown > Self.longestWait)
    }

    /// The text that was still waited for, with U+FFFD where a character never became whole.
    public mutating func finish() -> String {
        take(evenIfBroken: true)
    }

    private mutating func take(evenIfBroken: Bool) -> String {
        let text = Array(decode(ids[...]).utf8)
        let replacement = Array("\u{FFFD}".utf8)
        if text.count <= shownText.count { return "" }
        if !evenIfBroken, text.suffix(3).elementsEqual(replacement) { return "" }
        let fresh = text.dropFirst(shownText.count)
        // A context that shows nothing (a lone space, taken for the beginning of a text) would lose what follows it.
        let context = Array(decode(ids[shown...]).utf8)
        if context.isEmpty {
            shownText = text
        } else {
            ids = Array(ids[shown...])
            shownText = context
        }
        shown = ids.count
        return String(decoding: fresh, as: UTF8.self)
    }

    private func decode(_ ids: ArraySlice<Int>) -> String {
        tokenizer.decode(Array(ids), skippingSpecialTokens: skipsSpecialTokens)
    }
}
