import HireFiles

extension PretrainedTokenizer {
    /// Reads the tokenizer of a folder, or one file alone.
    ///
    /// A folder is decided by its files only, as Hugging Face does: `tokenizer.json`; else `tokenizer.model` (SentencePiece); else
    /// `vocab.json` with `merges.txt` (byte-level BPE as GPT-2 and Qwen2). Beside them tokenizer_config.json, special_tokens_map.json
    /// and added_tokens.json are read. A single file ends in `.json` or `.model`, and nothing beside it is read.
    ///
    /// - Parameters:
    ///   - path: a folder or a file.
    ///   - legacy: for `tokenizer.model`, overrides the folder's `legacy` (without one: true, as in transformers 4): whether every
    ///     stretch between added tokens, rather than the whole text only, gets a space in front.
    /// - Throws: `FileError` naming the file and the byte or key.
    public static func load(
        _ path: String, legacy: Bool? = nil, fileSystem: any FileSystem = SystemFileSystem()
    ) throws -> PretrainedTokenizer {
        if let status = try fileSystem.status(path), status.kind == .file {
            let bytes = try fileSystem.readAll(path, limit: JSONField.byteLimit)
            switch FilePath.fileExtension(of: path) {
            case "json": return try parse(json: bytes, path: path)
            case "model": return try parse(sentencePiece: bytes, path: path)
            default:
                throw FileError.badData(
                    path, "the file is no tokenizer",
                    expected: "a name that ends in .json or .model")
            }
        }
        func file(_ name: String) throws -> String? {
            let place = FilePath.join(path, name)
            return try fileSystem.exists(place) ? place : nil
        }
        let json = try file("tokenizer.json")
        let model = try file("tokenizer.model")
        let vocabulary = try file("vocab.json")
        let merges = try file("merges.txt")
        let settings = try TokenizerSettings(folder: path, in: fileSystem)
        if let json {
            let bytes = try fileSystem.readAll(json, limit: JSONField.byteLimit)
            return try parse(json: bytes, path: json, settings: settings)
        }
        if let model {
            let bytes = try fileSystem.readAll(model, limit: JSONField.byteLimit)
            return try parse(
                sentencePiece: bytes, path: model, settings: settings, legacy: legacy)
        }
        if let vocabulary, let merges {
            return try byteLevel(vocabulary, merges, settings, fileSystem)
        }
        throw FileError(
            .missingInput, path: path, problem: "the folder has no tokenizer",
            expected: "tokenizer.json, tokenizer.model, or vocab.json with merges.txt")
    }

    /// Reads the bytes of a tokenizer.json alone; what a fuzzer calls.
    ///
    /// - Throws: `FileError`, and nothing else whatever the bytes are.
    public static func parse(json bytes: [UInt8], path: String) throws -> PretrainedTokenizer {
        try parse(json: bytes, path: path, settings: TokenizerSettings())
    }

    /// Reads the bytes of a tokenizer.model alone; what a fuzzer calls.
    ///
    /// - Throws: `FileError`, and nothing else whatever the bytes are.
    public static func parse(
        sentencePiece bytes: [UInt8], path: String
    ) throws -> PretrainedTokenizer {
        try parse(sentencePiece: bytes, path: path, settings: TokenizerSettings(), legacy: nil)
    }

    // MARK: Formats

    private static func parse(
        json bytes: [UInt8], path: String, settings: TokenizerSettings
    ) throws -> PretrainedTokenizer {
        let file = try JSONField.parse(bytes, path: path)
        try file.allow([
            "version", "truncation", "padding", "added_tokens", "normalizer", "pre_tokenizer",
            "post_processor", "decoder", "model",
        ])
        let model = try ModelReader.model(file.required("model"))
        var builder = TokenizerBuilder(settings: settings, path: path)
        for field in try file.optional("added_tokens")?.array() ?? [] {
            let id = try field.required("id").id()
            let token = try TokenizerSettings.token(field, id: id)
            try builder.add(token, field, to: model.table)
        }
        try builder.addSettings(to: model.table)
        let pipeline = try ComponentPipeline(
            model: model, added: builder.added,
            normalizer: file.optional("normalizer").map { try ComponentReader.normalizer($0) },
            preTokenizer: file.optional("pre_tokenizer").map {
                try ComponentReader.preTokenizer($0)
            },
            decoder: file.optional("decoder").map { try ComponentReader.decoder($0) })
        let size = max(model.table.idBound, (builder.added.tokens.map(\.id).max() ?? -1) + 1)
        let frame = try file.optional("post_processor").map {
            try SpecialFrame($0, vocabularySize: size)
        }
        if !settings.hasConfiguration { nameUsualTokens(&builder, model.table) }
        return builder.tokenizer(pipeline, frame: frame ?? SpecialFrame())
    }

    /// A tokenizer.json does not say what its special tokens are for; alone, the usual names must do.
    private static func nameUsualTokens(_ builder: inout TokenizerBuilder, _ table: TokenTable) {
        func first(_ names: [String]) -> Int? {
            names.lazy.compactMap { [added = builder.added] name in
                added[Array(name.utf8)]?.id ?? table.find(Array(name.utf8))
            }.first
        }
        builder.nameFromModel(
            beginning: first(["<s>", "<bos>", "<|begin_of_text|>"]),
            end: first(["</s>", "<eos>", "<|im_end|>", "<|end_of_text|>", "<|endoftext|>"]),
            padding: first(["<pad>", "[PAD]", "<|endoftext|>"]),
            unknown: first(["<unk>", "[UNK]"]))
    }

    private static func parse(
        sentencePiece bytes: [UInt8], path: String, settings: TokenizerSettings, legacy: Bool?
    ) throws -> PretrainedTokenizer {
        let file = try SentencePieceFile(bytes, path: path)
        let model = try SentencePieceModel(file)
        var builder = TokenizerBuilder(settings: settings, path: path)
        try builder.addSettings(to: model.table)
        builder.nameFromModel(
            beginning: model.table.find(file.beginPiece), end: model.table.find(file.endPiece),
            padding: model.table.find(file.paddingPiece), unknown: file.unknown)
        if settings.hasConfiguration {
            // LlamaTokenizer finds its three special tokens in texts whether or not the folder names them.
            for id in [builder.beginning, builder.end, builder.unknown].compactMap({ $0 }) {
                builder.addSpecial(id, of: model.table)
            }
        }
        let pipeline = SentencePiecePipeline(
            model: model, added: builder.added, isLegacy: legacy ?? settings.isLegacy ?? true,
            addsPrefixSpace: settings.addsPrefixSpace ?? true)
        var frame = SpecialFrame()
        frame.before = builder.beginning.map { [$0] } ?? []
        return builder.tokenizer(pipeline, frame: frame)
    }

    private static func byteLevel(
        _ vocabulary: String, _ merges: String, _ settings: TokenizerSettings,
        _ fileSystem: any FileSystem
    ) throws -> PretrainedTokenizer {
        let model = try ModelReader.model(
            vocabularyPath: vocabulary, mergesPath: merges, in: fileSystem)
        var builder = TokenizerBuilder(settings: settings, path: vocabulary)
        try builder.addSettings(to: model.table)
        // Qwen2's rules, which are what a folder with these two files means among the models that are read here.
        let words = try TextPattern(
            expression: ByteAlphabet.qwenExpression, path: vocabulary, key: "pre_tokenizer")
        let pipeline = try ComponentPipeline(
            model: model, added: builder.added, normalizer: .nfc,
            preTokenizer: .byteLevel(
                addsPrefixSpace: settings.addsPrefixSpace ?? false, words: words),
            decoder: .byteLevel)
        return builder.tokenizer(pipeline, frame: SpecialFrame())
    }
}
