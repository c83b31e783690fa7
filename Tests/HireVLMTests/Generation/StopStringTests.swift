import HireArray
import Testing

@testable import HireVLM

/// Where stop strings end an answer, against Hugging Face's `StopStringCriteria`.
@Suite struct StopStringTests {
    static let pieces = [
        "<end>", "a", "b", "ab", "ba", "bab", "c", "\n", "\n\n", "#", "##", " #", "# ", "abc",
        "cab", " ", "d", "e", "f",
    ]
    static let cases = [["abc"], ["\n#"], ["bab", "c c"], ["###", "\n\n\n"], ["aab"]]

    @Test(arguments: cases.indices) func stopsAtTheSameToken(_ number: Int) throws {
        let golden = try GenerationGolden("stops")
        let ids = try golden.ids("ids")
        let expected = try golden.ids("stops.\(number)")
        let length = ids.count / expected.count
        let tokenizer = PieceTokenizer(Self.pieces)
        for (row, count) in expected.enumerated() {
            var stream = TextStream(tokenizer, stop: Self.cases[number])
            let sequence = ids[(row * length)..<((row + 1) * length)]
            let stopped = sequence.enumerated().first { _, id in
                stream.append(id)
                return stream.isStopped
            }
            #expect((stopped?.offset ?? -1) + 1 == count, "row \(row)")
        }
        #expect(expected.contains(0) || expected.contains { $0 > 5 })
        #expect(expected.contains { $0 > 0 })
    }
}
