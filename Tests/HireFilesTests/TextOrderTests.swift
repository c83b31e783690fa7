import HireFiles
import Testing

@Suite("Names in order, texts in their formats")
struct TextOrderTests {
    @Test("Numbers in names are counted, and an ending never comes before a number")
    func naturalOrder() {
        let sorted = [
            "a/1.h5", "a/02.h5", "a/2.h5", "a/10.h5", "b.h5", "b-2.h5", "b-9.h5", "b-10.h5",
            "b-10-1.h5", "b-18446744073709551616.h5", "b-18446744073709551617.h5", "c.csv", "c.h5",
        ]
        #expect(
            NaturalOrder.sorted(sorted.reversed()) == ["a/1.h5", "a/2.h5", "a/02.h5"] + sorted[3...]
        )
        for left in sorted {
            #expect(!NaturalOrder.precedes(left, left))
            for right in sorted where left != right {
                #expect(NaturalOrder.precedes(left, right) != NaturalOrder.precedes(right, left))
            }
        }
    }

    @Test("Line breaks of Windows and marks with accents are seen by their scalars")
    func texts() {
        #expect(PlainText.csvField("a\r\nb") == "\"a\r\nb\"")
        #expect(PlainText.csvField("a\rb") == "\"a\rb\"" && PlainText.csvField("a b") == "a b")
        #expect(PlainText.csvField("say \"\u{301}x") == "\"say \"\"\u{301}x\"")
        #expect(PlainText.csvField("a,\u{301}") == "\"a,\u{301}\"")
        #expect(PlainText.singleLine("a\r\nb\nc\rd\r\n\ne\u{2028}f") == "a b c d  e f")
    }
}
