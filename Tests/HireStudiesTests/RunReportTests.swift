import HireFiles
import HireImaging
import HireStudies
import Testing

@Suite("Reports of runs")
struct RunReportTests {
    private let hostile = "<script>alert(1)</script>\" onload='x' &amp; \u{1}\u{0} </pre></details>"

    @Test("The checker notices what it should")
    func checker() {
        let page = { (body: String) in "<!DOCTYPE html>\n<html><body>\(body)</body></html>\n" }
        #expect(HTMLCheck.problems(page("<p class=\"a\">x &lt; y</p>")) == [])
        for bad in [
            "<p>", "<script>x</script>", "<p>a < b</p>", "a & b", "<img src=\"http://x/y.png\">",
            "<p onclick=\"x\">y</p>",
            "<p class=a>x</p>", "<b><i>x</b></i>", "a\u{1}b", "a > b",
        ] {
            #expect(!HTMLCheck.problems(page(bad)).isEmpty, "\(bad)")
        }
    }

    @Test("A report is valid, whole and the same every time")
    func report() throws {
        let run = try SyntheticRun.ablation()
        for (name, side) in [("a.png", 40), ("b.png", 60)] {
            try AtomicWriter().write(
                Image(width: side, height: side, fill: .white).png(),
                to: run.folder.file("pictures/\(name)"))
        }
        try AtomicWriter().write("print('<hire>')\n", to: run.folder.location("script.lua"))
        try AtomicWriter().write(
            "{\"host\":\"node\",\"git\":{\"dirty\":true}}",
            to: run.folder.file("provenance/0123456789ab.json"))
        try AtomicWriter().write("-a\n+<b>\n", to: run.folder.file("provenance/0123456789ab.diff"))
        let html = try RunReport(run.contents()).html()
        #expect(HTMLCheck.problems(html) == [])
        for part in [
            "<td>hire</td>", "80.0 ± 0.0", "<svg", "print(&#39;&lt;hire&gt;&#39;)",
            "+&lt;b&gt;", "node",
            "data:image/png;base64,iVBORw0KGgo", "<figcaption>a.png</figcaption>",
            try RunDigest(run.contents()).digest,
            "prefers-color-scheme: dark", "@media print", "seed",
        ] {
            #expect(html.contains(part), "\(part)")
        }
        #expect(html == (try RunReport(run.contents()).html()))
        #expect(html.utf8.count < RunReport.largest)
    }

    @Test("Nothing that a run holds can break out of its place")
    func escaping() throws {
        let run = try SyntheticRun(
            "ablation",
            description: ["origin": .string(hostile), "question_types": [.string(hostile)]],
            script: .init(
                path: hostile, sha256: hostile, arguments: [hostile], overrides: ["a=" + hostile]),
            [
                .init(
                    variant: hostile, axes: [hostile: .string(hostile)],
                    metrics: [
                        "accuracy": ["value": 0.5, "count": 4],
                        "by_type": [["value": 0.5, "count": 4]],
                        hostile: .string(hostile),
                    ], grades: [(hostile, 1), ("b", 0)]),
                .init(
                    variant: "other", metrics: ["accuracy": ["value": 0.75, "count": 4]],
                    grades: [("b", 1), (hostile, 1)]),
                .init(variant: "failed", error: hostile),
            ])
        try AtomicWriter().write(hostile, to: run.folder.location("script.lua"))
        try AtomicWriter().write(
            JSONWriter().string([hostile: .string(hostile)]),
            to: run.folder.file("provenance/a.json"))
        try AtomicWriter().write(hostile, to: run.folder.file("provenance/a.diff"))
        try AtomicWriter().write(
            Image(width: 4, height: 4).png(), to: run.folder.file("pictures/<script>'\".png"))
        let html = try RunReport(run.contents()).html()
        #expect(HTMLCheck.problems(html) == [])
        #expect(html.contains("&lt;script&gt;alert(1)"))
        #expect(!html.contains("\u{1}"))
    }

    @Test("The limit holds: pictures are made smaller, then left out, the largest first")
    func limit() throws {
        let run = try SyntheticRun("sweep", [.init(variant: "a", metrics: ["x": 1])])
        var noise = [UInt8]()
        var state: UInt32 = 7
        for _ in 0..<(500 * 500 * 3) {
            state = state &* 1_664_525 &+ 1_013_904_223
            noise.append(UInt8(state >> 24))
        }
        try AtomicWriter().write(
            Image(width: 500, height: 500, pixels: noise).png(),
            to: run.folder.file("pictures/large.png"))
        try AtomicWriter().write(
            Image(width: 100, height: 75, pixels: Array(noise.prefix(100 * 75 * 3))).png(),
            to: run.folder.file("pictures/small.png"))
        try AtomicWriter().write("no picture", to: run.folder.file("pictures/broken.png"))
        let whole = try RunReport(run.contents()).html()
        #expect(whole.contains("Left out") && whole.contains("pictures/broken.png"))
        let contents = try run.contents()
        let scaled = try RunReport(contents, limit: 400 << 10).html()
        #expect(scaled.utf8.count <= 400 << 10 && scaled.contains("<figcaption>large.png"))
        #expect(scaled.utf8.count < whole.utf8.count)
        let less = try RunReport(contents, limit: 100 << 10).html()
        #expect(less.utf8.count <= 100 << 10)
        #expect(less.contains("<figcaption>small.png") && less.contains("pictures/large.png"))
        #expect(HTMLCheck.problems(less) == [])
        #expect { try RunReport(contents, limit: 1000).html() } throws: {
            "\($0)".contains("too large")
        }
    }
}
