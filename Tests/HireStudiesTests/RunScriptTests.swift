import HireFiles
import HireLua
import HireStudies
import HireTestSupport
import HireVLM
import Testing

@Suite("Reading runs in Lua")
struct RunScriptTests {
    private func run(_ source: String, _ run: SyntheticRun) throws -> [ScriptValue] {
        let state = try LuaState(host: ScriptHostForTests(run.temporary.path))
        defer { state.close() }
        try state.install(LibraryList.all)
        let open = "hire = require 'hire'; run = hire.run.open('\(run.folder.path)')\n"
        return try state.run(open + source, name: "case.lua")
    }

    @Test("A run opens from its folder alone")
    func open() throws {
        let synthetic = try SyntheticRun.ablation()
        let values = try run(
            """
            local items = run:items()
            assert(#items == 6 and items[4].variant == "hire" and items[4].seed == 1 and items[4].state == "done")
            local metrics, measured = run:metrics(items[1].label)
            assert(metrics.accuracy.count == 40 and measured.seconds_per_image == 0.25)
            local table = run:table { sort = "accuracy", baseline = "none" }
            assert(table.rows[1].variant == "hire" and table.rows[1].p < 0.01)
            assert(#run:table { all_seeds = true }.rows == 6)
            assert(run:status().counts.done == 6)
            local digest, items = run:digest()
            assert(#digest == 64 and items["hire seed=2"])
            local intact, problems = run:verify()
            assert(intact and #problems == 0)
            assert(run.kind == "ablation" and #run.id == 64)
            return digest
            """, synthetic)
        guard case .string(let digest) = values[0] else {
            Issue.record("no digest")
            return
        }
        #expect(digest == (try RunDigest(synthetic.contents()).digest))
    }

    @Test("Mistakes are sentences")
    func mistakes() throws {
        let synthetic = try SyntheticRun.ablation()
        for (source, words) in [
            ("run:table { sort = 'acuracy' }", "did you mean 'accuracy'"),
            ("run:metrics('hire seed=9')", "did you mean 'hire seed="),
            ("hire.run.open('nowhere')", "holds no run"),
        ] {
            #expect { try run(source, synthetic) } throws: { "\($0)".contains(words) }
        }
    }
}
