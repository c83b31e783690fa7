import Foundation
import HireFiles
import HireStudies
import HireTestSupport
import Testing

/// Studies as users run, stop, share and resume them.
@Suite struct StudyProgramTests {
    let folder: TemporaryFolder
    /// Where results go.
    let out: String

    init() throws {
        folder = try TemporaryFolder()
        out = folder.file("run")
        try AtomicWriter().write(Self.ablation, to: folder.file("study.lua"))
    }

    /// Three items of about a second each in a debug build; one of them has its forward pass in Lua.
    private static let ablation = """
        local hire = require "hire"
        local study = hire.study.ablation {
          task = hire.task.load { id = "shapes", train_images = 12, test_images = 24, size = 16, seed = 3 },
          recipe = {
            encoder = { id = "small-vit", resolution = 8, patch = 4, width = 8, layers = 1, heads = 2, hidden = 16 },
            language_model = { id = "small-llama", width = 16, layers = 1, heads = 2, kv_heads = 2, hidden = 32 },
            preprocessing = { high_resolution = 16, low_resolution = 8, mean = { 0.5, 0.5, 0.5 }, std = { 0.5, 0.5, 0.5 } },
          },
          variants = { "none", "bilateral-lite", "bicubic" },
          training = { steps = 150, images = 3, questions = 2, warmup = 1, learning_rate = 0.01 },
          evaluation = { images = 24, batch = 1 },
        }
        study:table():print()
        print("ended")
        """

    private func script() -> String { folder.file("study.lua") }

    private func start(
        _ words: [String], environment: [String: String] = [:]
    ) throws -> RunningProgram {
        try RunningProgram(
            ProgramTests.program, words, in: folder.path, environment: environment)
    }

    private func run(
        _ more: [String] = [], to out: String? = nil, environment: [String: String] = [:]
    ) throws -> (status: Int32, output: String, errors: String) {
        let program = try start(
            ["run", script(), "--out", out ?? self.out, "--threads", "1"] + more,
            environment: environment)
        let status = program.end().status
        return (status, program.printed, program.complained)
    }

    /// Everything that a run came to and that no machine, moment or order of work may change.
    private func results(_ path: String) throws -> [String] {
        let contents = try RunFolder(path).contents()
        let writer = JSONWriter(order: .sorted)
        return try contents.items.map { status in
            let record = try #require(status.record)
            let files = record.files.filter { !RunFileProblem.isMeasured($0.key) }
                .sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.sha256)" }
            let metrics = try writer.string(.object(record.result?.metrics ?? JSONObject()))
            return "\(status.item.label) \(status.state.rawValue) \(metrics) \(files)"
        }
    }

    /// What the study comes to when nobody stops it.
    private static let expected = Result {
        let tests = try StudyProgramTests()
        let reference = try tests.run()
        guard reference.status == 0 else { throw FileError.badData("study.lua", reference.errors) }
        return try tests.results(tests.out)
    }

    private func expectWhole(_ path: String) throws {
        let expected = try Self.expected.get()
        #expect(expected.count == 3 && expected.allSatisfy { $0.contains(" done ") })
        #expect(try results(path) == expected)
        // Nobody did an item twice.
        let records = try RunFolder(path).journal().records
        for item in Set(records.map(\.item)) {
            #expect(records.filter { $0.item == item && $0.state == .done }.count == 1)
        }
        #expect(try SystemFileSystem().list(FilePath.join(path, "leases")).isEmpty)
    }

    @Test(arguments: [
        (SIGINT, Int32(130), "train none"), (SIGTERM, 143, "train bilateral-lite"),
        (SIGUSR1, 75, "evaluate bilateral-lite"), (SIGUSR2, 75, "train bicubic"),
    ])
    func aStoppedStudyGoesOnAsIfNothingHadHappened(
        _ row: (signal: Int32, status: Int32, moment: String)
    ) throws {
        let program = try start(["run", script(), "--out", out, "--threads", "1"])
        #expect(program.waits { $0.complained.contains(row.moment) }, "\(program.complained)")
        program.send(row.signal)
        let end = program.end()
        #expect(end.status == row.status && end.seconds < 3, "\(program.complained)")
        let last = program.complained.split(separator: "\n").last ?? ""
        #expect(
            last.contains("of 3 items finished; '")
                && last.contains("goes on from a checkpoint. Go on with: /")
                && last.contains("/hire run \(FilePath.join(folder.path, "study.lua"))"),
            "\(last)")
        #expect(try RunFolder(out).journal().records.contains { $0.state == .stopped })
        let again = try run()
        #expect(again.status == 0 && again.output.contains("ended"), "\(again.errors)")
        #expect(again.output.contains("goes on at step"), "\(again.output)")
        try expectWhole(out)
    }

    @Test func severalStopsInARowChangeNothing() throws {
        var stops = 0
        for attempt in 0..<12 {
            let program = try start(["run", script(), "--out", out, "--threads", "1"])
            _ = program.waits { $0.complained.contains("train ") }
            usleep(UInt32(attempt % 4) * 150_000)
            program.send([SIGINT, SIGTERM, SIGUSR1][attempt % 3])
            let status = program.end().status
            if status == 0 { break }
            #expect([130, 143, 75].contains(status), "\(program.complained)")
            stops += 1
        }
        #expect(stops > 1)
        #expect(try run().status == 0)
        try expectWhole(out)
    }

    @Test func workersShareARun() throws {
        let whole = try start(["run", script(), "--out", out, "--threads", "1"])
        let manifest = FilePath.join(out, "study.json")
        #expect(try whole.waits { _ in try SystemFileSystem().exists(manifest) })
        let workers = try (0..<2).map { _ in try start(["worker", out, "-q"]) }
        for program in [whole] + workers {
            #expect(program.end().status == 0, "\(program.complained)")
        }
        #expect(whole.printed.contains("ended"))
        for worker in workers {
            // The script ends at the study, and a quiet process draws no progress.
            #expect(!worker.printed.contains("ended") && worker.complained.isEmpty)
            #expect(worker.printed.contains("nothing is left to take"), "\(worker.printed)")
        }
        try expectWhole(out)
        let missing = try start(["worker", folder.file("none")])
        #expect(missing.end().status == 66 && missing.complained.contains("holds no run"))
    }

    @Test func ranksShareARun() throws {
        let programs = try (0..<3).map { rank in
            try start(
                ["run", script(), "--out", out, "--threads", "1"],
                environment: ["SLURM_PROCID": "\(rank)", "SLURM_NTASKS": "3"])
        }
        for program in programs { #expect(program.end().status == 0, "\(program.complained)") }
        #expect(programs[0].printed.contains("ended"))
        #expect(programs[0].complained.contains("rank 0 of 3 (SLURM_PROCID): shares \(out)"))
        for program in programs.dropFirst() {
            #expect(program.complained.isEmpty && !program.printed.contains("ended"))
        }
        try expectWhole(out)
        let fresh = try run(["--fresh"], environment: ["RANK": "1", "WORLD_SIZE": "2"])
        #expect(fresh.status == 64 && fresh.errors.contains("--fresh begins anew"))
        let rehearsal = try run(["--dry-run"], environment: ["RANK": "1", "WORLD_SIZE": "2"])
        #expect(rehearsal.status == 0 && rehearsal.output.isEmpty)
        let wrong = try run(environment: ["RANK": "3", "WORLD_SIZE": "2"])
        #expect(wrong.status == 64 && wrong.errors.contains("RANK is 3 and WORLD_SIZE is 2"))
    }

    @Test func aRehearsalDoesNothing() throws {
        try AtomicWriter().write(
            "pcall(function()\n\(Self.ablation)\nend)\nwhile true do pcall(print, 'after') end\n",
            to: script())
        let result = try run(["training.steps=10,20", "--only", "none*", "--dry-run"])
        #expect(result.status == 0 && result.errors.isEmpty, "\(result.errors)")
        #expect(result.output.contains("none training.steps=20"), "\(result.output)")
        #expect(!result.output.contains("after") && !result.output.contains("ended"))
        #expect(try !SystemFileSystem().exists(out))
    }

    @Test func overridesAreTakenOrRefusedBeforeAnythingRuns() throws {
        let wrong = try run(["training.stps=2"])
        #expect(wrong.status != 0 && wrong.errors.contains("stps"), "\(wrong.errors)")
        #expect(try !SystemFileSystem().exists(FilePath.join(out, "study.json")))
        let right = try run(["training.steps=2", "variants=none,bicubic", "-q"])
        #expect(right.status == 0 && right.errors.isEmpty, "\(right.errors)")
        #expect(right.output.contains("ended"), "\(right.output)")
        let manifest = try RunFolder(out).contents().manifest
        #expect(manifest.items.count == 2)
        let script = try #require(manifest.script)
        #expect(script.overrides == ["training.steps=2", "variants=none,bicubic"])
        #expect(script.options == ["--threads", "1"])
    }

    @Test func failuresOfItemsAreCounted() throws {
        try AtomicWriter().write(
            """
            local hire = require "hire"
            local study = hire.study.sweep {
              axes = { x = { 1, 2, 3 } },
              run = function(point)
                if point.x == 2 and not io.open("\(folder.file("lucky"))") then error("no luck") end
                return { y = point.x * 2 }
              end,
            }
            print("ended")
            """, to: script())
        let kept = try run(["--keep-going"])
        #expect(kept.status == 2 && kept.output.contains("ended"), "\(kept.errors)")
        #expect(kept.output.contains("no luck"))
        let failed = try run()
        #expect(failed.status == 1 && failed.errors.contains("no luck"))
        try AtomicWriter().write("", to: folder.file("lucky"))
        #expect(try run().status == 0)
    }

    @Test func caughtInterruptionsAreNoResults() throws {
        try AtomicWriter().write(
            """
            local hire = require "hire"
            local study = hire.study.sweep {
              axes = { x = { 1, 2 } },
              run = function(point)
                local whole = true
                if not io.open("\(folder.file("lucky"))") then
                  print("ready")
                  whole = pcall(function() while true do end end)
                end
                return { whole = whole }
              end,
            }
            print("ended")
            """, to: script())
        let program = try start(["run", script(), "--out", out])
        #expect(program.waits { $0.printed.contains("ready") })
        usleep(100_000)
        program.send(SIGTERM)
        #expect(program.end().status == 143, "\(program.complained)")
        #expect(program.complained.contains("0 of 2 items finished"), "\(program.complained)")
        try AtomicWriter().write("", to: folder.file("lucky"))
        #expect(try run().status == 0)
        let metrics = try RunFolder(out).contents().items.map { $0.result?.metrics["whole"] }
        #expect(metrics == [.bool(true), .bool(true)])
    }

    @Test func aSecondSignalLeavesARunThatGoesOn() throws {
        try AtomicWriter().write(
            """
            local hire = require "hire"
            hire.study.sweep {
              axes = { x = { 1, 2, 3 } },
              run = function(point)
                if point.x == 2 and not io.open("\(folder.file("lucky"))") then
                  print("ready")
                  string.rep("x", 3000):find((".-"):rep(4) .. "y")
                end
                return { y = point.x }
              end,
            }
            """, to: script())
        let program = try start(["run", script(), "--out", out])
        #expect(program.waits { $0.printed.contains("ready") })
        usleep(100_000)
        program.send(SIGINT)
        usleep(700_000)
        #expect(program.isRunning)
        program.send(SIGINT)
        #expect(program.end().status == 130)
        try AtomicWriter().write("", to: folder.file("lucky"))
        let again = try run()
        #expect(again.status == 0 && again.output.contains("taken over"), "\(again.errors)")
        #expect(try RunFolder(out).contents().items.allSatisfy { $0.state == .done })
    }

    @Test func aRunTellsWhereItCameFrom() throws {
        let git = { (words: [String]) in
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            process.arguments = ["git", "-C", folder.path] + words
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
        try git(["init", "--quiet", "--initial-branch=trunk"])
        try git(["add", "study.lua"])
        try git([
            "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "commit", "--quiet",
            "-m", "Begin",
        ])
        let words = ["training.steps=2", "variants=none", "--capture", "encoder.output", "-q"]
        #expect(try run(words, environment: ["HIRE_NOTE": "one"]).status == 0)
        try AtomicWriter().write(Self.ablation + "\n-- changed\n", to: script())
        let again = try run(words + ["--fresh"], environment: ["HIRE_NOTE": "one"])
        #expect(again.status == 0, "\(again.errors)")
        let stored = try Provenance.stored(in: RunFolder(out)).map(\.json)
        #expect(stored.count == 2)
        let dirty = try #require(stored.first { $0["git"]?["dirty"] == .bool(true) })
        #expect(stored.contains { $0["git"]?["dirty"] == .bool(false) })
        #expect(dirty["git"]?["commit"]?.stringValue?.count == 40)
        #expect(dirty["git"]?["branch"] == "trunk" && dirty["threads"] == 1)
        #expect(dirty["environment"]?["HIRE_NOTE"] == "one")
        #expect(dirty["interpreter"]?.stringValue?.hasPrefix("Lua 5.4") == true)
        #expect(dirty["blas"]?.stringValue?.contains("OpenBLAS") == true)
        #expect(dirty["script"]?["overrides"] == ["training.steps=2", "variants=none"])
        let diffs = try SystemFileSystem().list(FilePath.join(out, "provenance")).filter {
            $0.hasSuffix(".diff")
        }
        #expect(diffs.count == 1)
        let diff = try SystemFileSystem().readAll(FilePath.join(out, "provenance/\(diffs[0])"))
        #expect(String(decoding: diff, as: UTF8.self).contains("+-- changed"))
        #expect(dirty["git"]?["diff_sha256"]?.stringValue == SHA256.hex(of: diff))
    }

    @Test func mixedRunsAreSaid() throws {
        let words = ["training.steps=2", "variants=none,bicubic"]
        #expect(try run(words + ["--only", "none*"]).status == 0)
        let second = try run(words + ["--threads", "2"])
        #expect(second.status == 0, "\(second.errors)")
        let lines = second.output.split(separator: "\n").filter { $0.contains("mixed") }
        #expect(lines.count == 1 && lines[0].contains("threads is 2 here and 1 there"), "\(lines)")
        #expect(try !run(words + ["--threads", "2"]).output.contains("mixed"))
    }
}
