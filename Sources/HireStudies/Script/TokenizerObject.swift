import HireVLM

/// A tokenizer in a script's hands.
public final class TokenizerObject: ScriptObject {
    /// The tokenizer.
    public let tokenizer: any Tokenizer
    private let origin: String

    /// A handle on a tokenizer.
    ///
    /// - Parameter origin: where it came from, for `tostring`.
    public init(_ tokenizer: any Tokenizer, from origin: String) {
        self.tokenizer = tokenizer
        self.origin = origin
    }

    /// One line for `tostring`.
    public var scriptDescription: String {
        "tokenizer of \(grouped(tokenizer.vocabularySize)) entries from \(origin)"
    }

    /// Methods and properties.
    public static let scriptClass = ScriptClass(
        name: "hire.Tokenizer",
        summary: "Text to token ids and back; ids are the model's own, from 0.",
        methods: [
            ScriptFunction(
                "encode", "The ids of a text.",
                parameters: [ScriptParameter("text", .string, "The text.")],
                options: [
                    .optional(
                        "special", .boolean,
                        "Whether special tokens that the tokenizer puts around a text are added.",
                        default: "true")
                ], returns: [ScriptResult(.list(.integer), "the ids")]
            ) { arguments in
                let ids = try arguments.receiver(TokenizerObject.self).tokenizer.encode(
                    arguments.string("text"),
                    addingSpecialTokens: arguments.boolean("special", default: true))
                return [.list(ids.map { .integer($0) })]
            },
            ScriptFunction(
                "decode", "The text of ids.",
                parameters: [ScriptParameter("ids", .list(.integer), "The ids.")],
                options: [
                    .optional(
                        "skip_special", .boolean, "Whether special tokens are left out.",
                        default: "false")
                ], returns: [ScriptResult(.string, "the text")]
            ) { arguments in
                let text = arguments.receiver(TokenizerObject.self).tokenizer.decode(
                    try arguments.integers("ids"),
                    skippingSpecialTokens: try arguments.boolean("skip_special", default: false))
                return [.string(text)]
            },
            ScriptFunction(
                "id", "The id of a token as the vocabulary spells it; nil if there is none.",
                parameters: [ScriptParameter("token", .string, "Such as \"<image>\".")],
                returns: [ScriptResult(.integer, "the id")]
            ) { arguments in
                let id = arguments.receiver(TokenizerObject.self).tokenizer.id(
                    of: try arguments.string("token"))
                return [id.map { .integer($0) } ?? .none]
            },
            ScriptFunction(
                "token", "How the vocabulary spells an id; nil if there is none.",
                parameters: [ScriptParameter("id", .integer, "The id.")],
                returns: [ScriptResult(.string, "the token")]
            ) { arguments in
                let token = arguments.receiver(TokenizerObject.self).tokenizer.token(
                    of: try arguments.integer("id"))
                return [token.map { .string($0) } ?? .none]
            },
        ],
        properties: [
            ScriptProperty("vocabulary_size", .integer, "Entries of the vocabulary.") {
                .integer(tokenizer(of: $0).vocabularySize)
            },
            ScriptProperty("end_of_text", .integer, "The id that ends an answer.") {
                .integer(tokenizer(of: $0).endOfText)
            },
        ])

    private static func tokenizer(of object: any ScriptObject) -> any Tokenizer {
        guard let object = object as? TokenizerObject else {
            preconditionFailure("A property of hire.Tokenizer was read from another class.")
        }
        return object.tokenizer
    }
}
