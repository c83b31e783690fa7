import HireFiles
import HireTestSupport
import SubwordTokenizer
import Testing

@testable import HireVLM

/// Ids and texts against sentencepiece, tokenizers and transformers, on 10,000 strings in many scripts.
@Suite struct TokenizerGoldenTests {
    /// Bytes for people: what cannot be seen is escaped.
    private func shown(_ text: String) -> String {
        text.unicodeScalars.map { $0.escaped(asASCII: false) }.joined()
    }

    @Test(arguments: TokenizerGolden.all)
    func idsAreEqual(_ golden: TokenizerGolden) throws {
        let tokenizer = try PretrainedTokenizer.load(golden.path)
        let expected = try golden.ids()
        var failures = 0
        for (index, ids) in expected.enumerated() {
            let text = Corpus.strings[index]
            let got = try tokenizer.encode(text, addingSpecialTokens: golden.addsSpecialTokens)
            if got == ids { continue }
            failures += 1
            if failures > 5 { continue }
            let tokens = got.map { tokenizer.token(of: $0) ?? "?" }
            let wanted = ids.map { tokenizer.token(of: $0) ?? "?" }
            Issue.record(
                """
                \(golden.name), string \(index) '\(shown(text))': got \(got) \(tokens), \
                expected \(ids) \(wanted)
                """)
        }
        #expect(failures == 0, "\(golden.name): \(failures) of \(expected.count) strings differ")
    }

    @Test(arguments: TokenizerGolden.all)
    func textsAreEqual(_ golden: TokenizerGolden) throws {
        let tokenizer = try PretrainedTokenizer.load(golden.path)
        let lists = try golden.ids()
        var failures = 0
        for (index, text) in try golden.decoded().enumerated() {
            let got = tokenizer.decode(lists[index], skippingSpecialTokens: false)
            if got.utf8.elementsEqual(text.utf8) { continue }
            failures += 1
            if failures > 5 { continue }
            Issue.record(
                """
                \(golden.name), string \(index), ids \(lists[index]): got '\(shown(got))', \
                expected '\(shown(text))'
                """)
        }
        #expect(failures == 0, "\(golden.name): \(failures) texts differ")
    }

    @Test(arguments: TokenizerGolden.all)
    func namedTokensAreTheSame(_ golden: TokenizerGolden) throws {
        let tokenizer = try PretrainedTokenizer.load(golden.path)
        if let id = golden.named["bos"]?.intValue { #expect(tokenizer.beginningOfText == id) }
        if let id = golden.named["eos"]?.intValue { #expect(tokenizer.endOfText == id) }
        if let id = golden.named["pad"]?.intValue { #expect(tokenizer.padding == id) }
        for probe in golden.named["framed"]?.arrayValue ?? [] {
            let text = probe["text"]?.stringValue ?? ""
            let ids = probe["ids"]?.arrayValue?.compactMap(\.intValue)
            #expect(try tokenizer.encode(text, addingSpecialTokens: true) == ids)
            #expect(
                tokenizer.decode(ids ?? [], skippingSpecialTokens: true)
                    == probe["skipped"]?.stringValue)
        }
    }

    @Test(arguments: TokenizerGolden.all)
    func everyTokenHasItsID(_ golden: TokenizerGolden) throws {
        let tokenizer = try PretrainedTokenizer.load(golden.path)
        #expect(tokenizer.token(of: -1) == nil)
        #expect(tokenizer.token(of: tokenizer.vocabularySize) == nil)
        for id in 0..<tokenizer.vocabularySize {
            guard let token = tokenizer.token(of: id) else { continue }
            #expect(tokenizer.id(of: token) == id)
        }
    }

    /// The text of an answer: without Unicode's white space at its ends.
    private func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isVisible = { (scalar: Unicode.Scalar) in !scalar.properties.isWhitespace }
        guard let first = scalars.firstIndex(where: isVisible),
            let last = scalars.lastIndex(where: isVisible)
        else { return "" }
        return String(scalars[first...last])
    }

    @Test(arguments: TokenizerGolden.all)
    func streamsGiveTheWholeText(_ golden: TokenizerGolden) throws {
        let tokenizer = try PretrainedTokenizer.load(golden.path)
        for (index, ids) in try golden.ids().prefix(1500).enumerated() {
            let text = tokenizer.decode(ids)
            if text.unicodeScalars.contains("\u{FFFD}") { continue }
            let whole = trimmed(text)
            var stream = TextStream(tokenizer, stop: [])
            var joined = ""
            for id in ids {
                stream.append(id)
                joined += stream.ready()
            }
            joined += stream.finish(ids)
            #expect(
                joined.utf8.elementsEqual(whole.utf8),
                "\(golden.name), string \(index), ids \(ids): streamed '\(shown(joined))', whole '\(shown(whole))'"
            )
        }
    }
}
