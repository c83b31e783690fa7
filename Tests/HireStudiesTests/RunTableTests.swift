import HireFiles
import HireStudies
import Testing

@Suite("Tables of runs")
struct RunTableTests {
    private func table(
        _ run: SyntheticRun, _ change: (inout TableOptions) throws -> Void = { _ in }
    ) throws
        -> ResultTable
    {
        var options = TableOptions()
        try change(&options)
        return try ResultTable(RunResults(run.contents()), options: options)
    }

    private func column(_ table: ResultTable, _ key: String) throws -> [ResultTable.Cell] {
        let index = try #require(table.columns.firstIndex { $0.key == key })
        return table.rows.map { $0[index] }
    }

    @Test("Seeds are averaged, and rows compared over the same samples")
    func seeds() throws {
        let run = try SyntheticRun.ablation()
        let table = try table(run)
        #expect(
            table.columns.map(\.key) == [
                "variant", "seeds", "accuracy", "difference", "p", "colour", "parameters",
                "macs_per_image",
                "seconds_per_image", "training_peak_bytes",
            ])
        #expect(try column(table, "variant") == [.text("none"), .text("hire")])
        guard case .seedShare(let spread) = try column(table, "accuracy")[1] else {
            Issue.record("the accuracy is no mean over seeds")
            return
        }
        #expect(abs(spread.mean - 0.8) < 1e-12 && spread.count == 3)
        #expect(try #require(spread.deviation) < 1e-12)
        guard case .difference(let pair) = try column(table, "difference")[1],
            case .probability(let p) = try column(table, "p")[1]
        else {
            Issue.record("nothing was compared")
            return
        }
        #expect(abs(pair.bootstrap.difference - 0.3) < 1e-12 && pair.bootstrap.count == 40)
        #expect(p == pair.test.p && p < 0.01)
        #expect(try column(table, "p")[0] == .missing)
        #expect(
            table.caption.contains("standard deviation over seeds")
                && table.caption.contains("same 40 samples"))
        #expect(
            table.caption.contains("percentile interval of 10,000 paired bootstrap resamples")
                && table.caption.contains("paired sign-flip (randomisation) test"))
        // The better one is bold, the same in all is not.
        let markdown = try table.written(as: .markdown)
        #expect(markdown.contains("**80.0 ± 0.0**") && !markdown.contains("**50.0"))
        #expect(markdown.contains("| 100 | **1.00 k** |"))
        #expect(try table.written(as: .latex).contains("$\\mathbf{80.0 \\pm 0.0}$"))
        let csv = try table.written(as: .csv).split(separator: "\n")
        #expect(
            csv[0].hasPrefix(
                "variant,seeds,accuracy,accuracy_sd,accuracy_seeds,difference,difference_low,difference_high,p,"
            ))
        let json = try JSONParser.parse(table.written(as: .json))
        #expect(json.arrayValue?[1]["accuracy"]?["seeds"] == 3)
    }

    @Test("Rows can be ordered, columns chosen, seeds shown one by one")
    func options() throws {
        let run = try SyntheticRun.ablation()
        let sorted = try table(run) { try $0.sort(by: "accuracy") }
        #expect(try column(sorted, "variant")[0] == .text("hire"))
        let upward = try table(run) { try $0.sort(by: "accuracy,asc") }
        #expect(try column(upward, "variant")[0] == .text("none"))
        // Sorting does not change with what rows are compared.
        #expect(try column(sorted, "p")[1] == .missing)
        let other = try table(run) { $0.baseline = "hire" }
        guard case .difference(let pair) = try column(other, "difference")[0] else {
            Issue.record("the baseline was not taken")
            return
        }
        #expect(abs(pair.bootstrap.difference + 0.3) < 1e-12)
        let seeds = try table(run) {
            $0.allSeeds = true
            $0.columns = ["final_loss"]
        }
        #expect(
            seeds.rows.count == 6 && seeds.columns.map(\.key) == ["variant", "seed", "final_loss"])
        #expect(try column(seeds, "seed")[4] == .integer(2))
    }

    @Test("Unknown names are answered with the nearest ones")
    func names() throws {
        let run = try SyntheticRun.ablation()
        let changes: [(inout TableOptions) throws -> Void] = [
            { try $0.sort(by: "acuracy") }, { $0.columns = ["acuracy"] },
        ]
        for change in changes {
            #expect {
                try table(run, change)
            } throws: { "\($0)".contains("'acuracy'; did you mean 'accuracy'") }
        }
        #expect { try table(run) { $0.baseline = "nine" } } throws: {
            "\($0)".contains("did you mean 'none'")
        }
        #expect { try table(run) { try $0.sort(by: "accuracy,down") } } throws: {
            "\($0)".contains("KEY,desc")
        }
    }

    @Test("A sweep's metrics are columns, its axes name the rows")
    func sweep() throws {
        let run = try SyntheticRun(
            "sweep",
            [0.1, 0.01].flatMap { rate in
                [1, 2].map { seed in
                    SyntheticRun.Item(
                        variant: "", seed: seed, axes: ["lr": .number(rate)],
                        metrics: [
                            "val_loss": .number(rate * Double(seed)), "note": "fine",
                            "converged": true,
                            "steps": 100,
                        ], measured: ["seconds": 2])
                }
            })
        let table = try table(run)
        #expect(
            table.columns.map(\.key) == ["lr", "seeds", "converged", "note", "steps", "val_loss"])
        #expect(try column(table, "steps") == [.integer(100), .integer(100)])
        #expect(try column(table, "note") == [.text("fine"), .text("fine")])
        let markdown = try table.written(as: .markdown)
        #expect(markdown.contains("0.150 ± 0.071") && markdown.contains("**0.0150 ± 0.0071**"))
        // Nothing is graded, so nothing is compared, and nobody is told unless they asked.
        #expect(!table.columns.map(\.key).contains("p") && !table.caption.contains("compared"))
        let asked = try self.table(run) { $0.baseline = "lr=0.1" }
        #expect(asked.caption.contains("samples were not graded"))
        #expect(try self.table(run) { $0.columns = ["seconds"] }.columns.last?.key == "seconds")
    }

    @Test("What is unfinished, differs in its samples or was not graded is said")
    func sentences() throws {
        func item(_ name: String, _ ids: [String], seed: Int? = nil) -> SyntheticRun.Item {
            SyntheticRun.Item(
                variant: name, seed: seed,
                metrics: ["accuracy": ["value": 0.5, "count": .integer(Int64(max(ids.count, 1)))]],
                grades: ids.map { ($0, 1) })
        }
        let run = try SyntheticRun(
            "ablation",
            [
                item("a", ["1", "2"]), item("b", ["1", "3"]), item("c", ["1", "2"]), item("d", []),
                SyntheticRun.Item(variant: "e", metrics: nil),
            ])
        let table = try table(run)
        #expect(table.caption.contains("b is not compared with a: they answered different samples"))
        #expect(table.caption.contains("1 of 5 items are not finished"))
        #expect(try column(table, "p").filter { $0 != .missing }.count == 1)
        let seeds = try SyntheticRun(
            "ablation",
            [item("a", ["1"], seed: 1), item("a", ["2"], seed: 2), item("b", ["1"], seed: 1)])
        #expect(
            try self.table(seeds).caption.contains(
                "a is not compared: its seeds answered different samples"))
    }

    @Test("Predictions that were changed are not averaged in silence")
    func changed() throws {
        let run = try SyntheticRun.ablation()
        let file = try #require(try run.folder.files(beneath: "items").first)
        try AtomicWriter().write(
            String(decoding: SystemFileSystem().readAll(run.folder.location(file)), as: UTF8.self)
                .replacing("1.0", with: "0.0"), to: run.folder.location(file))
        #expect { try table(run) } throws: {
            "\($0)".contains("SHA-256 differs") && "\($0)".contains("hire verify")
        }
    }

    @Test("A baseline with several rows is compared point by point")
    func points() throws {
        func item(
            _ name: String, _ steps: Int64, _ right: Int, seed: Int? = nil,
            axes: JSONObject = [:]
        ) -> SyntheticRun.Item {
            var all: JSONObject = ["training.steps": .integer(steps)]
            for (key, value) in axes.members { all[key] = value }
            return SyntheticRun.Item(
                variant: name, seed: seed, axes: all,
                metrics: ["accuracy": ["value": 0.5, "count": 20]],
                grades: (0..<20).map { ("\($0)", $0 < right ? 1 : 0) })
        }
        let run = try SyntheticRun(
            "ablation",
            [
                item("none", 300, 2), item("none", 600, 8), item("hire", 300, 12),
                item("hire", 600, 10), item("wide", 900, 20),
                item("jbu", 600, 18, axes: ["enricher.radius": 2]),
            ])
        let table = try table(run) { $0.baseline = "none" }
        let found = try column(table, "difference").map { cell -> Double? in
            if case .difference(let pair) = cell { pair.bootstrap.difference } else { nil }
        }
        #expect(found == [nil, nil, 0.5, 0.1, nil, 0.5])
        #expect(table.caption.contains("over none at the same training.steps on the same 20"))
        #expect(table.caption.contains("wide training.steps=900 is not compared: there is no none"))
        // A row by its own name is the baseline of all.
        let one = try self.table(run) { $0.baseline = "none training.steps=600" }
        #expect(try column(one, "difference").filter { $0 == .missing }.count == 1)
        let alone = try SyntheticRun(
            "ablation", [item("none", 300, 2), item("none", 600, 8), item("wide", 900, 20)])
        #expect { try self.table(alone) { $0.baseline = "none" } } throws: {
            "\($0)".contains("none training.steps=300, none training.steps=600")
        }
        // Where every item has a row, so does every seed of the baseline.
        let seeds = try SyntheticRun(
            "ablation",
            [1, 2].flatMap {
                [item("none", 300, 4 * $0, seed: $0), item("hire", 300, 10, seed: $0)]
            })
        let each = try self.table(seeds) {
            $0.baseline = "none"
            $0.allSeeds = true
        }
        let differences = try column(each, "difference").compactMap { cell -> Double? in
            if case .difference(let pair) = cell { pair.bootstrap.difference } else { nil }
        }
        #expect(differences.count == 2 && each.caption.contains("the same training.steps, seed"))
        #expect(abs(differences[0] - 0.3) < 1e-12 && abs(differences[1] - 0.1) < 1e-12)
    }

    @Test("One sample has a difference, no interval and p = 1")
    func single() throws {
        let run = try SyntheticRun(
            "ablation",
            [("a", 0.0), ("b", 1.0)].map { name, grade in
                SyntheticRun.Item(
                    variant: name, metrics: ["accuracy": ["value": .number(grade), "count": 1]],
                    grades: [("x", grade)])
            })
        let table = try table(run)
        #expect(try column(table, "p")[1] == .probability(1))
        #expect(try table.written(as: .text).contains("+100.0 [–]"))
        let json = try JSONParser.parse(table.written(as: .json))
        #expect(json.arrayValue?[1]["difference"]?["low"] == .null)
        #expect(json.arrayValue?[1]["difference"]?["p_bootstrap"] == .null)
        #expect(json.arrayValue?[1]["difference"]?["p_sign_flip"]?.doubleValue == 1)
    }

    @Test("Texts with line breaks of Windows stay in their cells")
    func lineBreaks() throws {
        var table = ResultTable(columns: [
            .init("a", "a", isText: true), .init("b", "b", isText: true),
        ])
        table.append([.text("x\r\ny"), .text("p|\u{301}q & r\u{301}")])
        #expect(try table.written(as: .csv) == "a,b\n\"x\r\ny\",p|\u{301}q & r\u{301}\n")
        let markdown = try table.written(as: .markdown)
        #expect(markdown.hasSuffix("| x y | p\\|\u{301}q & r\u{301} |\n"))
        #expect(try table.written(as: .text).hasSuffix("x y  p|\u{301}q & r\u{301}\n"))
        #expect(try table.written(as: .latex).contains("x y & p|\u{301}q \\& r\u{301} \\\\\n"))
    }

    @Test("Holm's column comes with several comparisons")
    func holm() throws {
        let grades = { (step: Int) in
            (0..<30).map { (id: "\($0)", grade: $0 % step == 0 ? 0.0 : 1.0) }
        }
        let run = try SyntheticRun(
            "ablation",
            [2, 3, 5].map { step in
                SyntheticRun.Item(
                    variant: "v\(step)", metrics: ["accuracy": ["value": 0.5, "count": 30]],
                    grades: grades(step))
            })
        let table = try table(run)
        guard case .probability(let p) = try column(table, "p")[2],
            case .probability(let adjusted) = try column(table, "p_holm")[2]
        else {
            Issue.record("no p-values")
            return
        }
        #expect(adjusted >= p && adjusted <= 2 * p)
        #expect(table.caption.contains("for all 2 comparisons"))
    }
}
