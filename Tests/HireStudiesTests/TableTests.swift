import HireFiles
import HireStudies
import Testing

@Suite("Result tables")
struct TableTests {
    private var table: ResultTable {
        var table = ResultTable(
            caption: "made by hand",
            columns: [
                .init("name", "name", isText: true), .init("accuracy", "acc_%"),
                .init("macs", "MACs"),
                .init("memory", "memory"),
            ])
        table.append([
            .text("日本|a"), .share(Accuracy(correct: 75, count: 100)), .count(1_234_567),
            .bytes(3 << 20),
        ])
        table.append([
            .text("b, \"c\""), .share(Accuracy(correct: 1, count: 4)), .missing, .bytes(512),
        ])
        return table
    }

    @Test("Text is aligned by what a terminal shows")
    func text() throws {
        #expect(
            try table.written(as: .text) == """
                name          acc_%    MACs   memory
                ────────────────────────────────────
                日本|a   75.0 ± 4.3  1.23 M  3.0 MiB
                b, "c"  25.0 ± 21.7       –    512 B
                made by hand

                """)
    }

    @Test("Markdown, LaTeX, CSV and JSON hold the same")
    func formats() throws {
        let markdown = try table.written(as: .markdown)
        #expect(
            markdown.hasPrefix(
                "| name | acc_% | MACs | memory |\n| :-- | --: | --: | --: |\n| 日本\\|a |"))
        let latex = try table.written(as: .latex)
        #expect(latex.contains("acc\\_\\% & MACs") && latex.contains("$75.0 \\pm 4.3$ & 1.23 M"))
        #expect(latex.contains("\\begin{tabular}{lrrr}"))
        let lines = try table.written(as: .csv).split(separator: "\n").map(String.init)
        #expect(lines[0] == "name,accuracy,accuracy_se,macs,memory")
        #expect(lines[1].hasPrefix("日本|a,0.75,0.0433"))
        #expect(lines[2] == "\"b, \"\"c\"\"\",0.25,0.21650635094610965,,512")
        let json = try JSONParser.parse(table.written(as: .json))
        #expect(json.arrayValue?[0]["accuracy"]?["value"]?.doubleValue == 0.75)
        #expect(json.arrayValue?[1]["macs"] == .null)
    }

    @Test("The standard error is that of a share")
    func standardError() {
        #expect(Accuracy(correct: 50, count: 100).standardError == 0.05)
        #expect(Accuracy(correct: 10, count: 10).standardError == 0)
        #expect(Accuracy().value == 0)
    }
}
