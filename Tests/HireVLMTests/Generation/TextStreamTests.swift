import HireArray
import Testing

@testable import HireVLM

/// Text given out token by token equals the text of all ids, whatever the tokens split.
@Suite struct TextStreamTests {
    /// The pieces given out after each id and at the end.
    private func pieces(
        _ ids: [Int], _ tokenizer: PieceTokenizer, stop: [String] = []
    ) -> [String] {
        var stream = TextStream(tokenizer, stop: stop)
        var result: [String] = []
        for (index, id) in ids.enumerated() {
            stream.append(id)
            if stream.isStopped { return result + [stream.finish(Array(ids[...index]))] }
            result.append(stream.ready())
        }
        return result + [stream.finish(ids)]
    }

    @Test func charactersOverSeveralTokensComeWhole() {
        let emoji = Array("\u{1F600}".utf8)
        let tokenizer = PieceTokenizer(
            bytes: emoji.map { [$0] } + [Array("é".utf8), [0xC3], [0xA9, 0x21], Array("_x".utf8)])
        #expect(
            pieces([7, 0, 1, 2, 3, 4, 5, 6, 0, 1, 2, 3], tokenizer)
                == ["x", "", "", "", "\u{1F600}", "é", "", "é!", "", "", "", "\u{1F600}", ""])
    }

    @Test func bytesThatNeverBecomeACharacterDoNotHoldBackForEver() {
        let tokenizer = PieceTokenizer(bytes: [[0xC3], Array("a".utf8)])
        let ids = [1] + Array(repeating: 0, count: 40) + [1]
        let found = pieces(ids, tokenizer)
        #expect(found.joined() == tokenizer.decode(ids))
        #expect(found.prefix(12).joined().count > 4)
    }

    @Test func whiteSpaceAtTheEdgesIsTrimmed() {
        let tokenizer = PieceTokenizer(["\n", "__", "_a", "b", "\u{3000}"])
        #expect(
            pieces([0, 1, 2, 0, 1, 3, 4, 0], tokenizer)
                == ["", "", "a", "", "", "\n  b", "", "", ""])
        #expect(pieces([0, 1, 4], tokenizer).joined().isEmpty)
    }

    @Test func whatMayBecomeAStopStringIsHeldBack() {
        let tokenizer = PieceTokenizer(["a", "b", "c", " ", "ab"])
        #expect(pieces([2, 0, 1, 0], tokenizer, stop: ["abc"]) == ["c", "", "", "ab", "a"])
        #expect(pieces([2, 0, 1, 2, 0], tokenizer, stop: ["abc"]) == ["c", "", "", ""])
        // The space before what may be a stop string is trimmed if it becomes one, and given out if not.
        #expect(pieces([2, 3, 0, 1, 2], tokenizer, stop: ["abc"]) == ["c", "", "", "", ""])
        #expect(pieces([2, 3, 0, 2], tokenizer, stop: ["abc"]) == ["c", "", "", " ac", ""])
        #expect(pieces([2, 4, 0, 1, 2], tokenizer, stop: ["x", "bab"]) == ["c", "a", "", ""])
    }

    @Test func theFirstOfSeveralStopStringsCounts() {
        let tokenizer = PieceTokenizer(["xyz", "a"])
        #expect(pieces([1, 0, 1], tokenizer, stop: ["z", "y", "yz"]).joined() == "ax")
    }

    @Test func specialAndUnknownIDsLeaveNoTrace() {
        let tokenizer = PieceTokenizer(["<s>", "_the", "_", "cup"])
        let ids = [0, 1, 0, 0, 1, 99, 2, 0, 2, 3, 0]
        #expect(pieces(ids, tokenizer).joined() == tokenizer.decode(ids))
        #expect(pieces(ids, tokenizer).joined() == "the the  cup")
    }

    /// Random ids over pieces that split everything, streamed with and without stop strings.
    @Test func piecesJoinToTheWholeText() {
        let tokenizer = PieceTokenizer(
            bytes: [[0xE2], [0x82], [0xAC], [0xE2, 0x82], [0xAC, 0x61]]
                + ["_", "_a", "b", "\n", "<s>", "ab", "__", "é", "e\u{301}"].map { Array($0.utf8) })
        for seed in 0..<300 {
            let random = RandomSource(seed: UInt64(seed))
            // Euro signs are kept whole half of the time, so that valid text is long.
            let ids = (0..<40).flatMap { index -> [Int] in
                let id = random.integer(below: 14, at: index)
                if id > 4 { return [id] }
                return seed % 2 == 0 ? [0, 1, 2] : id == 3 ? [3, 4] : [id]
            }
            let stop = seed % 3 == 0 ? ["ab\n", "b  ", "\u{20AC}b"] : []
            let found = pieces(ids, tokenizer, stop: stop)
            var whole = tokenizer.decode(ids)
            let cut = stop.compactMap {
                whole.unicodeScalars.firstRange(of: $0.unicodeScalars)?.lowerBound
            }
            .min()
            if let cut { whole = String(whole.unicodeScalars[..<cut]) }
            var scalars = Array(whole.unicodeScalars)[...]
            while scalars.last?.properties.isWhitespace == true { scalars.removeLast() }
            while scalars.first?.properties.isWhitespace == true { scalars.removeFirst() }
            var expected = String.UnicodeScalarView()
            expected.append(contentsOf: scalars)
            #expect(Array(found.joined().utf8) == Array(String(expected).utf8), "seed \(seed)")
        }
    }

    @Test func decodingIsNotQuadratic() {
        let tokenizer = PieceTokenizer(["_word", "<s>", "_", "\n"])
        let ids = (0..<4000).map { $0 % 4 }
        for pattern in [ids, Array(repeating: 1, count: 4000), Array(repeating: 3, count: 4000)] {
            tokenizer.decoded = 0
            _ = pieces(pattern, tokenizer, stop: ["\n\n#"])
            #expect(tokenizer.decoded < 20 * pattern.count)
        }
    }
}
