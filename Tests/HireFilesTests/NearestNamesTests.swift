import HireFiles
import Testing

@Suite("Nearest names")
struct NearestNamesTests {
    private let enrichers = ["none", "bicubic", "jbu", "hire", "s2", "bilateral-lite"]

    @Test("Typing mistakes find their names")
    func finds() {
        #expect(NearestNames.nearest(to: "hrie", among: enrichers) == ["hire"])
        #expect(NearestNames.nearest(to: "Bicubc", among: enrichers) == ["bicubic"])
        #expect(NearestNames.nearest(to: "bilateral", among: enrichers) == ["bilateral-lite"])
        #expect(NearestNames.nearest(to: "transformer", among: enrichers).isEmpty)
        #expect(NearestNames.nearest(to: "", among: enrichers).isEmpty)
        #expect(
            NearestNames.nearest(to: "aaa1", among: ["aaa5", "aaa2", "aaa3", "aaa4"]).count == 3)
    }

    @Test("Sentences are complete and lists stay short")
    func sentences() {
        #expect(
            NearestNames.sentence(kind: "enricher", name: "hrie", among: ["hire", "jbu"])
                == "Unknown enricher 'hrie'; did you mean 'hire'? Known: hire, jbu.")
        #expect(
            NearestNames.sentence(
                kind: "key", name: "x9", among: (0..<30).map { "long\($0)" }, shown: 2)
                == "Unknown key 'x9'. Known: long0, long1 and 28 more.")
        #expect(
            NearestNames.sentence(kind: "task", name: "vqa", among: [String]())
                == "Unknown task 'vqa'. None is known.")
        #expect(
            NearestNames.sentence(kind: "name", name: "ab1", among: ["ab2", "ab3"])
                == "Unknown name 'ab1'; did you mean 'ab2' or 'ab3'? Known: ab2, ab3.")
    }
}
