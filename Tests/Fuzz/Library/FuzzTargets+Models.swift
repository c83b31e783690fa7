import HireFiles
import HireVLM
import SubwordTokenizer

extension FuzzTargets {
    /// The files of a model beside its weights.
    static let models: [FuzzTarget] = [
        FuzzTarget(
            "tokenizer-model", tokens: ["\n", "\u{12}", "\u{1A}", "<0x41>", "<unk>", "\u{2581}"],
            format: ProtobufFormat()
        ) { bytes in
            try use(PretrainedTokenizer.parse(sentencePiece: bytes, path: "fuzz"))
        },
        FuzzTarget("tokenizer-json", tokens: jsonTokens + tokenizerTokens) { bytes in
            try use(PretrainedTokenizer.parse(json: bytes, path: "fuzz"))
        },
        FuzzTarget(
            "model-folder", tokens: jsonTokens + folderTokens, format: FolderFormat()
        ) { bytes in
            var files: [String: [UInt8]] = [:]
            let parts = FolderFormat().split(bytes) ?? []
            for index in stride(from: 0, to: parts.count - 1, by: 2) {
                files[String(decoding: parts[index], as: UTF8.self)] = parts[index + 1]
            }
            let disk = MemoryFileSystem(files)
            // Its presence is all that a description asks of a tokenizer.
            if files["m/adapter_config.json"] == nil { disk["m/tokenizer.json"] = [] }
            let description = try ModelFolder("m", fileSystem: disk).description()
            _ = try Recipe(description.recipe.json())
            try requireClosed(disk)
        },
    ]

    /// Encodes and decodes a text: what a file says may go wrong no sooner than that.
    private static func use(_ tokenizer: PretrainedTokenizer) throws {
        let text = "The <image> is 12 years\u{A0}old, na\u{EF}ve \u{4F60}\u{1F600}!\n  aaaaaaaaaaaa"
        let ids = try tokenizer.encode(text, addingSpecialTokens: true)
        if let id = ids.first(where: { $0 < 0 || $0 >= tokenizer.vocabularySize }) {
            throw FuzzFailure(problem: "the id \(id) is outside of the vocabulary")
        }
        _ = tokenizer.decode(ids + [-1, .max], skippingSpecialTokens: false)
    }

    private static let tokenizerTokens = [
        "\"type\":\"Sequence\"", "NFKC", "Lowercase", "Split", "ByteLevel", "Metaspace", "Regex",
        "(?:", "(?!", "[^", "\\\\p{L}", "{1,3}", "{0,65536}", "+", "*", "(a*)*", "vocab", "merges",
    ]
    private static let folderTokens = [
        "--- config.json\n", "--- processor_config.json\n", "model_type", "vision_config",
        "text_config", "mm_vision_tower", "image_size", "rope_scaling", "s2_scales", "\"\"",
    ]
}
