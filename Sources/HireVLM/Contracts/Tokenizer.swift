/// Text to token ids and back.
public protocol Tokenizer: AnyObject {
    /// Entries of the vocabulary.
    var vocabularySize: Int { get }
    /// Ends an answer.
    var endOfText: Int { get }
    /// Fills short sequences; never carries meaning.
    var padding: Int { get }
    /// The ids of a text.
    ///
    /// - Throws: a sentence naming a word that cannot be encoded, where the vocabulary is closed.
    func encode(_ text: String) throws -> [Int]
    /// The text of ids; special tokens are left out.
    func decode(_ ids: [Int]) -> String
}
