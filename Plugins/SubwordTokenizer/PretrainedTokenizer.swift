import HireFiles
import HireVLM

/// A tokenizer read from the files that come with a checkpoint: SentencePiece, Hugging Face's tokenizer.json, or GPT-2's two files.
///
/// Ids equal those of sentencepiece, tokenizers and transformers. It never changes once made, and encoding takes O(n log n).
public final class PretrainedTokenizer: Tokenizer {
    /// Entries of the vocabulary, added tokens included; one more than the largest id.
    public let vocabularySize: Int
    /// The token named `bos_token`; nil if there is none.
    public let beginningOfText: Int?
    /// The token named `eos_token`; -1, which no text has, if there is none.
    public let endOfText: Int
    /// The token named `pad_token`, else `unk_token` (as LLaVA does), else the end of text, else 0.
    public let padding: Int
    /// The token named `unk_token`; nil if there is none.
    public let unknown: Int?
    private let pipeline: any TextPipeline
    private let frame: SpecialFrame

    init(
        pipeline: any TextPipeline, frame: SpecialFrame, beginning: Int?, end: Int?, padding: Int?,
        unknown: Int?
    ) {
        self.pipeline = pipeline
        self.frame = frame
        let added = pipeline.added.tokens.map(\.id).max() ?? -1
        vocabularySize = max(pipeline.table.idBound, added + 1)
        beginningOfText = beginning
        endOfText = end ?? -1
        self.unknown = unknown
        self.padding = padding ?? unknown ?? end ?? 0
    }

    /// The ids of a text; special tokens spelt out in it are found.
    ///
    /// - Parameter addingSpecialTokens: whether what the files put around a text is added.
    /// - Throws: `FileError` where the file's own rules leave no id for a character, or a pattern of it takes too long.
    public func encode(_ text: String, addingSpecialTokens: Bool) throws -> [Int] {
        let ids = try pipeline.encode(Array(text.utf8))
        return addingSpecialTokens ? frame.before + ids + frame.after : ids
    }

    /// The text of ids; ids that do not exist are left out, and bytes that form no character become U+FFFD.
    ///
    /// - Parameter skippingSpecialTokens: whether special tokens are left out too.
    public func decode(_ ids: [Int], skippingSpecialTokens: Bool) -> String {
        UTF8Bytes.string(pipeline.decode(ids, skippingSpecialTokens: skippingSpecialTokens))
    }

    /// The id of one token as the vocabulary spells it, added tokens first; nil if there is none.
    public func id(of token: String) -> Int? {
        let bytes = Array(token.utf8)
        return pipeline.added[bytes]?.id ?? pipeline.table.find(bytes)
    }

    /// How the vocabulary spells an id; nil if there is none.
    public func token(of id: Int) -> String? {
        if let added = pipeline.added[id: id] { return UTF8Bytes.string(added.content) }
        return pipeline.table.token(id).map { UTF8Bytes.string($0) }
    }
}
