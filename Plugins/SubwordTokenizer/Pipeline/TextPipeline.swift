/// Text to ids and back, without the special tokens that stand around a text.
protocol TextPipeline {
    /// The tokens of the model itself.
    var table: TokenTable { get }
    /// The tokens that are found before the model sees a text.
    var added: AddedTokens { get }
    /// The ids of a text.
    ///
    /// - Throws: `FileError` where the file's own rules leave no id for a character, or take too long.
    func encode(_ text: [UInt8]) throws -> [Int]
    /// The text of ids.
    func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> [UInt8]
}
