/// The part of a tokenizer that turns a piece of text into ids.
protocol SubwordModel {
    /// Every token that the model knows.
    var table: TokenTable { get }
    /// Appends the ids of a part of a text.
    ///
    /// - Throws: `FileError` where the file's own rules leave no id for a character.
    func encode(_ text: [UInt8], _ range: Range<Int>, into ids: inout [Int]) throws
}
