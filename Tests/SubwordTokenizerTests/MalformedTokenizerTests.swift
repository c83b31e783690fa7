import HireFiles
import HireTestSupport
import HireVLM
import SubwordTokenizer
import Testing

/// Files from anywhere: every wrong one is refused with a sentence of its own, and none crashes or hangs.
@Suite struct MalformedTokenizerTests {
    private func check(_ file: MalformedTokenizer, _ parse: ([UInt8], String) throws -> Void) {
        do {
            try parse(file.bytes, "model/file")
            Issue.record("\(file.name) was accepted")
        } catch let error as FileError {
            #expect(error.path.hasPrefix("model/file"))
            if let offset = file.offset { #expect(error.offset == offset, "\(error)") }
            for part in file.parts {
                #expect(error.description.contains(part), "'\(part)' is missing in: \(error)")
            }
        } catch {
            Issue.record("\(file.name) gave another kind of error: \(error)")
        }
    }

    @Test(arguments: MalformedTokenizer.models) func modelIsRefused(_ file: MalformedTokenizer) {
        check(file) { _ = try PretrainedTokenizer.parse(sentencePiece: $0, path: $1) }
    }

    @Test(arguments: MalformedTokenizer.files) func jsonIsRefused(_ file: MalformedTokenizer) {
        check(file) { _ = try PretrainedTokenizer.parse(json: $0, path: $1) }
    }

    @Test func goodOnesAreAccepted() throws {
        let model = SentencePieceBuilder.model(SentencePieceBuilder.piece("\u{0}b"))
        let tokenizer = try PretrainedTokenizer.parse(sentencePiece: model, path: "m")
        #expect(try tokenizer.encode("a\u{0}b") == [0, 1, 2])
    }

    @Test func patternsOutOfBoundsAreAnError() throws {
        let json =
            "{\"model\":{\"type\":\"BPE\",\"vocab\":{\"a\":0},\"merges\":[]},\"pre_tokenizer\":{\"type\":\"Split\",\"pattern\":{\"Regex\":\"(a|aa)+b\"},\"behavior\":\"Isolated\"}}"
        let tokenizer = try PretrainedTokenizer.parse(json: Array(json.utf8), path: "t.json")
        #expect(throws: FileError.self) {
            try tokenizer.encode(String(repeating: "a", count: 10_000))
        }
    }

    /// Every prefix and many single-byte changes of good files.
    @Test func damagedFilesNeverCrash() throws {
        var state: UInt64 = 7
        func random(_ limit: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % limit
        }
        for name in ["sp-bpe/tokenizer.model", "sp-suffix/tokenizer.model", "mixed/tokenizer.json"]
        {
            let bytes = try SystemFileSystem().readAll(goldenPath("tokenizers/\(name)"))
            for _ in 0..<150 {
                var damaged = bytes
                if random(3) == 0 { damaged.removeLast(random(damaged.count)) }
                for _ in 0..<(1 + random(3)) where !damaged.isEmpty {
                    damaged[random(damaged.count)] = UInt8(random(256))
                }
                do {
                    let tokenizer =
                        name.hasSuffix("json")
                        ? try PretrainedTokenizer.parse(json: damaged, path: name)
                        : try PretrainedTokenizer.parse(sentencePiece: damaged, path: name)
                    let ids = try tokenizer.encode("The answer is \u{1F44D} <image> 12.")
                    #expect(ids.allSatisfy { $0 >= 0 && $0 < tokenizer.vocabularySize })
                    _ = tokenizer.decode(ids)
                } catch is FileError {}
            }
        }
    }

    @Test func foldersSayWhatIsMissing() throws {
        let folder = try TemporaryFolder()
        let error = #expect(throws: FileError.self) { try PretrainedTokenizer.load(folder.path) }
        #expect(error?.description.contains("tokenizer.json, tokenizer.model") == true)
        #expect(throws: FileError.self) { try PretrainedTokenizer.load(folder.file("absent")) }
    }

    @Test func configurationsThatDoNotFitAreRefused() throws {
        let folder = try TemporaryFolder()
        func write(_ name: String, _ bytes: [UInt8]) throws {
            try AtomicWriter().write(bytes, to: folder.file(name))
        }
        try write("tokenizer.model", SentencePieceBuilder.model())
        for (text, part) in [
            ("{\"bos_token\": 3}", "'bos_token'"), ("{\"legacy\": \"no\"}", "'legacy'"),
            ("{\"added_tokens_decoder\": {\"x\": {\"content\": \"<x>\"}}}", "'x'"),
            ("{\"added_tokens_decoder\": {\"1\": {\"content\": \"<x>\"}}}", "that of 'a'"),
            (
                "{\"added_tokens_decoder\": {\"9\": {\"content\": \"<x>\", \"strip\": true}}}",
                "'strip'"
            ),
        ] {
            try write("tokenizer_config.json", Array(text.utf8))
            let error = #expect(throws: FileError.self) {
                try PretrainedTokenizer.load(folder.path)
            }
            #expect(error?.path.hasSuffix("tokenizer_config.json") == true)
            #expect(
                error?.description.contains(part) == true,
                "\(error.map(String.init(describing:)) ?? "")")
        }
    }
}
