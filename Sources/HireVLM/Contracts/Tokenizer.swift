/// Text to token ids and back.
public protocol Tokenizer: AnyObject {
    /// Entries of the vocabulary: every id lies below it.
    var vocabularySize: Int { get }
    /// What `encode` puts in front when special tokens are asked for; nil for tokenizers without.
    var beginningOfText: Int? { get }
    /// Ends an answer.
    var endOfText: Int { get }
    /// Fills short sequences; never carries meaning.
    var padding: Int { get }
    /// The ids of a text.
    ///
    /// - Parameter addingSpecialTokens: whether to add what the tokenizer's own files say stands around a text (a Llama
    ///   tokenizer's `<s>`), as Hugging Face's `add_special_tokens`. Special tokens spelt out in the text are always found.
    /// - Throws: a sentence naming what cannot be encoded, where the vocabulary is closed.
    func encode(_ text: String, addingSpecialTokens: Bool) throws -> [Int]
    /// The text of ids; ids that do not exist are left out.
    ///
    /// - Parameter skippingSpecialTokens: whether special tokens are left out too.
    func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> String
    /// The id of one token as the vocabulary spells it (`"<image>"`, `"\u{2581}the"`); nil if there is none.
    func id(of token: String) -> Int?
    /// How the vocabulary spells an id; nil if there is none.
    func token(of id: Int) -> String?
}

extension Tokenizer {
    /// The ids of a text alone.
    public func encode(_ text: String) throws -> [Int] {
        try encode(text, addingSpecialTokens: false)
    }

    /// The text of ids without special tokens.
    public func decode(_ ids: [Int]) -> String { decode(ids, skippingSpecialTokens: true) }
}
