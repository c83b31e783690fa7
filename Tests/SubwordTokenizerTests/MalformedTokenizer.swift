import HireFiles
import Testing

/// A broken tokenizer file, and what the refusal must say.
struct MalformedTokenizer: Sendable, CustomTestStringConvertible {
    let name: String
    let bytes: [UInt8]
    let offset: Int?
    let parts: [String]

    var testDescription: String { name }

    private init(_ name: String, _ bytes: [UInt8], at offset: Int? = nil, _ parts: String...) {
        self.name = name
        self.bytes = bytes
        self.offset = offset
        self.parts = parts
    }

    private typealias Builder = SentencePieceBuilder

    // MARK: tokenizer.model

    private static let good = Builder.model()

    /// Broken models.
    static let models: [MalformedTokenizer] = [
        .init("empty", [], at: 0, "no unknown piece"),
        .init("cut in a piece", Array(good.dropLast(3)), at: 17, "runs past the end", "incomplete"),
        .init("cut in a number", good + [0x80], at: good.count, "cut off"),
        .init(
            "huge length", good + Builder.field(1, [], length: 1 << 60), at: good.count + 1,
            "runs past the end", "at most 0"),
        .init(
            "number of more than 64 bits", good + [UInt8](repeating: 0xFF, count: 11),
            at: good.count, "more than 64 bits"),
        .init("field 0", good + [0x02, 0x00], at: good.count, "field number"),
        .init("group", good + [0x0B], at: good.count, "wire type", "got 3"),
        .init(
            "piece of the wrong wire type", good + [0x08, 1], at: good.count, "pieces[2]", "varint"),
        .init(
            "score of the wrong wire type", good + Builder.field(1, Builder.field(2, 7)),
            at: good.count + 2, "pieces[2].score", "four bytes"),
        .init(
            "piece too long", good + Builder.piece(String(repeating: "x", count: 1025)),
            "pieces[2] is too long", "1024", "1025"),
        .init("piece empty", good + Builder.piece(""), at: good.count, "pieces[2] is empty"),
        .init("score NaN", good + Builder.piece("b", score: .nan), "score of pieces[2]", "finite"),
        .init(
            "score infinite", good + Builder.piece("b", score: .infinity), "score of pieces[2]",
            "inf"),
        .init("type unknown", good + Builder.piece("b", kind: 9), "type of pieces[2]", "got 9"),
        .init(
            "duplicate", good + Builder.piece("a"), at: good.count, "'a' (pieces[2])", "pieces[1]"),
        .init(
            "two unknown pieces", good + Builder.piece("<u>", kind: 2), at: good.count,
            "second unknown piece", "pieces[0]"),
        .init("no unknown piece", Builder.piece("a"), "no unknown piece"),
        .init(
            "byte without byte_fallback", good + Builder.piece("<0x00>", kind: 6), at: good.count,
            "byte_fallback is false"),
        .init(
            "byte misspelt",
            good + Builder.piece("<0x-1>", kind: 6) + Builder.field(2, Builder.field(35, 1)),
            at: good.count, "byte piece pieces[2]", "<0x-1>"),
        .init(
            "bytes missing", good + Builder.field(2, Builder.field(35, 1)), "byte piece is missing",
            "<0x00>"),
        .init(
            "word model", good + Builder.field(2, Builder.field(3, 3)), "model_type", "got 3"),
        .init(
            "charsmap short", good + Builder.field(3, Builder.field(2, [1, 2])),
            "precompiled_charsmap is too short"),
        .init(
            "charsmap size", good + Builder.characterMap([:], texts: [0], size: 1 << 30),
            "size of the precompiled_charsmap", "1073741824"),
        .init(
            "trie offset out of range",
            good + Builder.characterMap([5: 0x0010_0000], texts: [0]), "trie offset", "below 256"),
        .init(
            "trie leads to no text",
            good + Builder.characterMap([7: 0x8000_0009], texts: [0x61, 0]), "leads to no text"),
        .init(
            "charsmap texts not UTF-8", good + Builder.characterMap([:], texts: [0xFF, 0]), "UTF-8"),
        .init("charsmap texts do not end", good + Builder.characterMap([:], texts: [0x61]), "NUL"),
    ]

    // MARK: tokenizer.json

    private static func file(
        model: String =
            "{\"type\":\"BPE\",\"vocab\":{\"a\":0,\"b\":1,\"ab\":2},\"merges\":[\"a b\"]}",
        _ rest: String = ""
    ) -> [UInt8] {
        Array("{\"version\":\"1.0\",\"model\":\(model)\(rest)}".utf8)
    }

    private static func bpe(_ vocabulary: String, _ merges: String, _ rest: String = "") -> [UInt8]
    {
        file(
            model: "{\"type\":\"BPE\",\"vocab\":{\(vocabulary)},\"merges\":[\(merges)]\(rest)}")
    }

    private static func unigram(_ vocabulary: String, _ rest: String = "") -> [UInt8] {
        file(model: "{\"type\":\"Unigram\",\"vocab\":[\(vocabulary)]\(rest)}")
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "{\"type\":\"Sequence\",\"normalizers\":[", count: depth)
            + String(repeating: "]}", count: depth)
    }

    private static func split(_ pattern: String) -> [UInt8] {
        file(
            ",\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"\(pattern)\"},\"behavior\":\"Isolated\"}"
        )
    }

    /// Broken files.
    static let files: [MalformedTokenizer] = [
        .init("empty", [], at: 0, "expected a value"),
        .init("an array", Array("[]".utf8), at: 0, "a JSON object"),
        .init("cut", Array(file().dropLast(4)), "not valid JSON"),
        .init("deep", Array(String(repeating: "{\"a\":", count: 100).utf8), "nested"),
        .init("unknown member", file(",\"modell\":1"), "'modell'", "'model'"),
        .init("no model", Array("{\"version\":\"1.0\"}".utf8), "'model' is missing"),
        .init("model unknown", file(model: "{\"type\":\"WordPiece\"}"), "'model'", "WordPiece"),
        .init("id not whole", bpe("\"a\":0.5", ""), "'model.vocab['a']'", "a whole number"),
        .init("id negative", bpe("\"a\":-1", ""), "'model.vocab['a']'", "got -1"),
        .init("id huge", bpe("\"a\":99999999999", ""), "'model.vocab['a']'", "999999"),
        .init("id twice", bpe("\"a\":0,\"b\":0", ""), "'model.vocab['b']'", "that of 'a'"),
        .init("token twice", bpe("\"a\":0,\"a\":1", ""), "stands twice"),
        .init("no tokens", bpe("", ""), "'model.vocab'", "got 0"),
        .init(
            "token too long", bpe("\"\(String(repeating: "x", count: 1025))\":0", ""),
            "is too long", "1024"),
        .init("merge of an absent token", bpe("\"a\":0", "\"a c\""), "merges[0]", "'c'"),
        .init("merge to an absent token", bpe("\"a\":0,\"b\":1", "\"a b\""), "merges[0]", "'ab'"),
        .init("merge of three", bpe("\"a\":0", "\"a a a\""), "merges[0]", "two tokens"),
        .init("merge a number", bpe("\"a\":0", "7"), "merges[0]", "a whole number"),
        .init("unk absent", bpe("\"a\":0", "", ",\"unk_token\":\"u\""), "unk_token", "'u'"),
        .init("dropout", bpe("\"a\":0", "", ",\"dropout\":0.1"), "dropout", "random"),
        .init("piece without score", unigram("[\"a\"]"), "'model.vocab[0]'", "score"),
        .init("score a string", unigram("[\"a\",\"1\"]"), "'model.vocab[0][1]'", "a number"),
        .init("score infinite", unigram("[\"a\",1e999]"), "too large"),
        .init("piece twice", unigram("[\"a\",0],[\"a\",0]"), "'model.vocab[1]'", "vocab[0]"),
        .init("unk_id beyond", unigram("[\"a\",0]", ",\"unk_id\":1"), "unk_id", "below 1"),
        .init(
            "added id of another",
            file(",\"added_tokens\":[{\"id\":1,\"content\":\"<x>\"}]"), "added_tokens[0]", "'b'"),
        .init(
            "added token with another id",
            file(",\"added_tokens\":[{\"id\":7,\"content\":\"a\"}]"), "added_tokens[0]", "'a'",
            "expected 0, got 7"),
        .init(
            "added token empty", file(",\"added_tokens\":[{\"id\":7,\"content\":\"\"}]"), "empty"),
        .init(
            "normalizer unknown", file(",\"normalizer\":{\"type\":\"BertNormalizer\"}"),
            "'normalizer'", "BertNormalizer"),
        .init(
            "normalizer with a strange member",
            file(",\"normalizer\":{\"type\":\"NFC\",\"x\":1}"), "'normalizer'", "'x'"),
        .init("sequences too deep", file(",\"normalizer\":\(nested(20))"), "too deep"),
        .init(
            "charsmap no base64",
            file(",\"normalizer\":{\"type\":\"Precompiled\",\"precompiled_charsmap\":\"?\"}"),
            "base64"),
        .init(
            "pre-tokenizer unknown", file(",\"pre_tokenizer\":{\"type\":\"Split2\"}"),
            "'pre_tokenizer'", "'Split'"),
        .init(
            "decoder unknown", file(",\"decoder\":{\"type\":\"CTC\"}"), "'decoder'", "CTC"),
        .init(
            "post-processor unknown",
            file(",\"post_processor\":{\"type\":\"BertProcessing\"}"), "'post_processor'",
            "BertProcessing"),
        .init(
            "template with a strange id",
            file(
                ",\"post_processor\":{\"type\":\"TemplateProcessing\",\"single\":[{\"SpecialToken\":{\"id\":\"s\"}},{\"Sequence\":{\"id\":\"A\"}}],\"special_tokens\":{\"s\":{\"ids\":[77]}}}"
            ), "ids[0]", "below 3", "got 77"),
        .init("pattern open", split("(a"), "')' is missing", "character 2"),
        .init("pattern with look-behind", split("(?<=a)b"), "kind of group"),
        .init("pattern with back-reference", split("(a)\\\\1"), "escape '\\1'"),
        .init("pattern with strange property", split("\\\\p{Nonsense}"), "'Nonsense'"),
        .init("pattern nested", split(String(repeating: "(", count: 100)), "nested"),
        .init("pattern exploding", split("((((ab){1000}){1000}){1000})"), "too large"),
        .init("pattern that repeats nothing", split("(a*)*b"), "can match nothing"),
    ]
}
