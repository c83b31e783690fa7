import HireFiles
import HireTestSupport
import Testing

/// `hire cost` and `hire profile` as a user runs them.
@Suite struct CostProgramTests {
    private let program = ProgramTests()

    private func recipe(in folder: TemporaryFolder) throws -> String {
        let path = folder.file("recipe.json")
        try AtomicWriter().write(
            """
            {"encoder": {"id": "small-vit", "resolution": 16, "patch": 4, "width": 16, "heads": 2},
             "enricher": {"id": "hire", "widths": [4, 4], "bottleneck": 4, "radius": 1},
             "language_model": {"id": "small-llama", "width": 16, "heads": 2, "kv_heads": 2, "layers": 1}}
            """, to: path)
        return path
    }

    @Test func theTablesOfThePaperArePrinted() throws {
        let table = try program.run(["cost", "table1", "--json"])
        #expect(table.status == 0, "\(table.errors)")
        let rows = try JSONParser.parse(table.output).arrayValue ?? []
        #expect(
            rows.map { $0["model"]?.stringValue } == [
                "LLaVA1.5-7B", "LLaVA1.5-7B-S2", "LLaVA1.5-7B-HIRE", "LLaVA1.5-7B-S2",
                "LLaVA1.5-7B-HIRE",
            ])
        #expect(
            rows.map { $0["macs"]?.intValue } == [
                4_278_409_192_448, 5_013_451_174_912, 4_296_451_299_608, 6_664_274_409_472,
                4_317_109_122_936,
            ])
        for row in rows { #expect(row["tflops_printed"] == row["paper"] && row["paper"] != nil) }
        let figure = try program.run(["cost", "figure3", "--csv"])
        #expect(figure.output.split(separator: "\n").count == 33)
    }

    @Test func aRecipeIsCountedInBothConventions() throws {
        let folder = try TemporaryFolder()
        let path = try recipe(in: folder)
        var counts: [Int] = []
        for convention in ["fvcore", "full"] {
            let result = try program.run([
                "cost", path, "--convention", convention, "--depth", "1", "--json",
            ])
            #expect(result.status == 0, "\(result.errors)")
            let rows = try JSONParser.parse(result.output).arrayValue ?? []
            #expect(rows.first?["module"]?.stringValue == "all" && rows.count == 5)
            #expect(rows.allSatisfy { $0["convention"]?.stringValue == convention })
            counts.append(rows.first?["macs"]?.intValue ?? 0)
        }
        #expect(counts[0] != counts[1] && counts.min() ?? 0 > 0)
        let missing = try program.run(["cost", "tabel1"])
        #expect(missing.status == 66 && missing.errors.contains("tabel1"), "\(missing.errors)")
        let ignored = try program.run(["cost", "table1", "--depth", "7"])
        #expect(ignored.status == 64 && ignored.errors.contains("--convention"))
        let folderOnly = try program.run(["cost", path, "--mmap"])
        #expect(folderOnly.status == 64 && folderOnly.errors.contains("--mmap"))
        let misspelt = folder.file("misspelt.json")
        try AtomicWriter().write(#"{"enrichr": "hire"}"#, to: misspelt)
        let refused = try program.run(["cost", misspelt])
        #expect(refused.status != 0 && refused.errors.contains("'enricher'"), "\(refused.errors)")
    }

    @Test func aProfileSaysWhereSecondsGo() throws {
        let folder = try TemporaryFolder()
        let (path, trace) = (try recipe(in: folder), folder.file("trace.json"))
        let result = try program.run(["profile", path, "--json", "--trace", trace])
        #expect(result.status == 0, "\(result.errors)")
        let rows = try JSONParser.parse(result.output).arrayValue ?? []
        let all = try #require(rows.first)
        #expect((all["seconds"]?.doubleValue ?? 0) > 0 && (all["peak_bytes"]?.intValue ?? 0) > 0)
        let stages = ["encoder", "enricher", "projector", "language_model"].compactMap { name in
            rows.first { $0["module"]?.stringValue == name }?["seconds"]?.doubleValue
        }
        #expect(stages.count == 4)
        #expect(stages.reduce(0, +) <= (all["seconds"]?.doubleValue ?? 0) * 1.000_001)
        let events =
            try JSONParser.parse(SystemFileSystem().readAll(trace), source: trace)["traceEvents"]?
            .arrayValue ?? []
        let spans = events.filter { $0["ph"]?.stringValue == "X" }
        #expect(spans.contains { $0["name"]?.stringValue == "bilateral_stage" })
        #expect(spans.contains { $0["name"]?.stringValue == "enricher" })
        let refused = try program.run(["profile", path, "--max-memory", "0.00001"])
        #expect(refused.status == 69 && refused.errors.contains("--max-memory"))
        #expect(refused.output.isEmpty)
    }
}
