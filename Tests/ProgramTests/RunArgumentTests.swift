import ArgumentParser
import HireFiles
import HireLua
import HireTestSupport
import HireVLM
import Testing

@testable import hire

/// What `hire run` makes of its words.
@Suite struct RunArgumentTests {
    private func parse(_ words: String...) throws -> RunCommand {
        try #require(try HireCommand.command(for: ["run"] + words) as? RunCommand)
    }

    @Test func aRequestIsReadFromTheWords() throws {
        let command = try parse(
            "my.lua", "training.steps=100,200", "--only", "hire*", "seeds=[1,2]", "--only",
            "seed=2",
            "--keep-going", "--accept-changes", "a.b,c", "--accept-changes", "d", "--capture",
            "{a,b}.*",
            "--zip", "--fresh", "--dry-run", "-q", "--seed", "3", "--determinism", "invariant",
            "--smoke", "--", "x=1", "--only")
        let request = try command.request(text: "print(1)")
        #expect(command.file == "my.lua" && command.arguments == ["x=1", "--only"])
        #expect(request.overrides.map(\.text) == ["training.steps=100,200", "seeds=[1,2]"])
        #expect(request.overrides.map(\.values) == [[100, 200], [[1, 2]]])
        #expect(
            request.only == ["hire*", "seed=2"] && request.acceptedChanges == ["a.b", "c", "d"])
        #expect(request.capture == ["{a,b}.*"] && request.pairing == .zip)
        #expect(request.fresh && request.isDryRun && request.keepsGoing && command.study.quiet)
        #expect(request.role == .whole && request.script?.text == "print(1)")
        #expect(
            request.script?.options == [
                "--smoke", "--seed", "3", "--determinism", "invariant", "--zip", "--capture",
                "{a,b}.*", "--accept-changes", "a.b", "--accept-changes", "c", "--accept-changes",
                "d",
            ])
        #expect(request.script?.interpreter.hasPrefix("Lua 5.4") == true)
        let plain = try parse("my.lua")
        #expect(
            try plain.request(text: "")
                == {
                    var expected = StudyRequest()
                    expected.script = StudyRequest.ScriptText(
                        path: "my.lua", text: "", interpreter: "Lua \(LuaVersion.text)")
                    return expected
                }())
        #expect(plain.arguments == nil && !plain.study.quiet)
    }

    static let bad: [(words: [String], part: String)] = [
        (["my.lua", "steps"], "write key=value"),
        (["my.lua", "fresh"], "did you mean --fresh"),
        (["my.lua", "dryrun"], "did you mean --dry-run"),
        (["my.lua", "keep-gong"], "did you mean --keep-going"),
        (["my.lua", "other.lua"], "One file is run at a time"),
        (["my.lua", "a=1", "a=2"], "a is given twice"),
        (["my.lua", "a="], "empty value"),
        (["my.lua", "a=1,2", "b=1,2,3", "--zip"], "a has 2, b has 3"),
        (["my.lua", "--fres"], "--fresh"),
        (["my.lua", "--onli", "hire*"], "Unknown option '--onli'"),
        (["my.lua", "--dryrun"], "--dry-run"),
        (["my.lua", "--only"], "--only"),
        (["my.lua", "--only", "[a"], "--only [a"),
        (["my.lua", "--capture", "{a"], "--capture {a"),
        (["my.lua", "--accept-changes", "a,,b"], "--accept-changes"),
        (["my.lua", "--accept-changes", "1x"], "no identifier"),
        (["my.lua", "--keep-going", "--fail-fast"], "--fail-fast"),
        (["my.lua", "--determinism", "exact"], "determinism"),
        ([], "file"),
    ]

    @Test(arguments: bad) func mistakesGiveASentenceAndStatus64(
        _ row: (words: [String], part: String)
    ) throws {
        do {
            _ = try HireCommand.command(for: ["run"] + row.words)
            Issue.record("\(row.words) was accepted")
        } catch {
            let message = HireCommand.fullMessage(for: error)
            #expect(HireCommand.exitCode(for: error).rawValue == 64, "\(message)")
            #expect(message.contains(row.part), "\(message)")
        }
    }

    @Test func helpAndOtherVerbsKeepTheirWords() throws {
        #expect(!(try HireCommand.command(for: ["run", "--help"]) is RunCommand))
        let ask = try HireCommand.command(for: ["ask", "m", "i.png", "--", "-q?"]) as? AskCommand
        #expect(ask?.question == "-q?")
    }

    @Test func commandsToGoOnCanBePasted() {
        #expect(
            ShellWords.line(["hire", "run", "a=[1,2]", "", "it's", "x y"])
                == #"hire run 'a=[1,2]' '' 'it'\''s' 'x y'"#)
        #expect(
            ShellWords.goingOn(["hire", "run", "a.lua", "--fresh", "-q", "--", "--fresh"])
                == ["hire", "run", "a.lua", "-q", "--", "--fresh"])
    }

    static let ranks: [(environment: [String: String], expected: ProcessRank?)] = [
        ([:], nil),
        (["SLURM_NTASKS": "4"], nil),
        (["SLURM_PROCID": "0"], nil),
        (
            ["SLURM_PROCID": "2", "SLURM_NTASKS": "4"],
            ProcessRank(rank: 2, count: 4, variable: "SLURM_PROCID")
        ),
        (
            ["SLURM_PROCID": "1", "SLURM_NPROCS": "3"],
            ProcessRank(rank: 1, count: 3, variable: "SLURM_PROCID")
        ),
        (
            [
                "OMPI_COMM_WORLD_RANK": "1", "OMPI_COMM_WORLD_SIZE": "2", "SLURM_PROCID": "0",
                "SLURM_NTASKS": "8",
            ],
            ProcessRank(rank: 1, count: 2, variable: "OMPI_COMM_WORLD_RANK")
        ),
        (["PMI_RANK": "0", "PMI_SIZE": "1"], ProcessRank(rank: 0, count: 1, variable: "PMI_RANK")),
        (
            ["RANK": "5", "WORLD_SIZE": "8", "SLURM_PROCID": "1", "SLURM_NTASKS": "2"],
            ProcessRank(rank: 5, count: 8, variable: "RANK")
        ),
        (["RANK": "0"], nil),
        (
            [
                "RANK": "5", "WORLD_SIZE": "8", "OMPI_COMM_WORLD_RANK": "1",
                "OMPI_COMM_WORLD_SIZE": "2",
            ],
            ProcessRank(rank: 5, count: 8, variable: "RANK")
        ),
    ]

    @Test(arguments: ranks) func ranksAreReadFromTheEnvironment(
        _ row: (environment: [String: String], expected: ProcessRank?)
    ) throws {
        #expect(try ProcessRank.read(row.environment) == row.expected)
    }

    static let wrongRanks: [(environment: [String: String], part: String)] = [
        (["RANK": "one", "WORLD_SIZE": "2"], "RANK must be a whole number from 0, got 'one'"),
        (["RANK": "-1", "WORLD_SIZE": "2"], "got '-1'"),
        (["RANK": "", "WORLD_SIZE": "2"], "got ''"),
        (["RANK": "1", "WORLD_SIZE": "two"], "WORLD_SIZE must be"),
        (["RANK": "1"], "WORLD_SIZE does not say of how many"),
        (["RANK": "2", "WORLD_SIZE": "2"], "RANK is 2 and WORLD_SIZE is 2"),
        (["SLURM_PROCID": "0", "SLURM_NTASKS": "0"], "SLURM_NTASKS is 0"),
        (["SLURM_PROCID": "3"], "SLURM_NTASKS does not say"),
        (["PMI_RANK": "99999999999999999999", "PMI_SIZE": "2"], "PMI_RANK must be"),
        (
            ["RANK": "1", "WORLD_SIZE": "2", "PMI_RANK": "0", "PMI_SIZE": "2"],
            "RANK=1 and PMI_RANK=0 contradict each other"
        ),
    ]

    @Test(arguments: wrongRanks) func ranksThatCannotBeAreRefused(
        _ row: (environment: [String: String], part: String)
    ) {
        let error = #expect(throws: ValidationError.self) { try ProcessRank.read(row.environment) }
        #expect(error?.message.contains(row.part) == true, "\(error?.message ?? "")")
    }

    @Test func whatNoStudyTookIsSaid() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("script.lua")
        try AtomicWriter().write("print('ran')", to: path)
        let cases: [(words: [String], part: String)] = [
            (["training.stps=1"], "training.stps=1"), (["--only", "x*"], "--only x*"),
            (["--accept-changes", "a"], "--accept-changes a"), (["--capture", "x"], "--capture x"),
            (["--dry-run"], "--dry-run"), (["--fresh", "a=1"], "a=1 or --fresh"),
        ]
        for (words, part) in cases {
            let result = try ProgramTests().run(["run", path] + words)
            #expect(result.status == 64 && result.output == "ran\n", "\(result.errors)")
            #expect(
                result.errors.contains("no study in it took \(part)"), "\(result.errors)")
        }
        #expect(try ProgramTests().run(["run", path, "--", "a=1", "--only", "x"]).status == 0)
        // A script that fails says why, and nothing else.
        try AtomicWriter().write("error('no')", to: path)
        let failed = try ProgramTests().run(["run", path, "a=1"])
        #expect(failed.status == 1 && !failed.errors.contains("no study"), "\(failed.errors)")
    }
}
