import Foundation
import HireFiles
import HireTestSupport
import Testing

@testable import hire

/// The verbs that read a run's folder, as a user calls them.
@Suite struct RunProgramTests {
    private let program = ProgramTests()
    private let golden = goldenPath("runs/capture")

    private func copy() throws -> (TemporaryFolder, String) {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(atPath: golden, toPath: folder.file("run"))
        return (folder, folder.file("run"))
    }

    @Test func everyVerbReadsTheFolderAlone() throws {
        let (folder, run) = try copy()
        defer { withExtendedLifetime(folder) {} }
        let status = try program.run(["status", run, "--json"])
        #expect(status.status == 0 && status.errors.isEmpty)
        #expect(try JSONParser.parse(status.output)["counts"]?["done"] == 2)
        #expect(try program.run(["status", run]).output.contains("2 done of 2"))
        let table = try program.run(["table", run, "--format", "csv", "--sort", "samples,desc"])
        #expect(table.output == "item,samples\nsamples 3-6,4\nsamples 0-2,3\n")
        #expect(
            try JSONParser.parse(program.run(["table", run, "--json"]).output).arrayValue?.count
                == 2)
        #expect(try program.run(["table", run, "--format", "latex"]).output.contains("\\toprule"))
        let digest = try program.run(["digest", run])
        #expect(digest.status == 0 && digest.output.count == 65)
        #expect(try program.run(["digest", run, golden]).status == 0)
        #expect(try program.run(["verify", run]).status == 0)
        let report = try program.run(["report", run])
        #expect(report.output == run + "/report.html\n")
        let merged = try program.run(["merge", run])
        #expect(merged.output == run + "/merged.h5\n" && merged.status == 0)
        let npz = folder.file("x.npz")
        let export = try program.run([
            "export", run, "--format", "npz", "--only", "encoder.*", "--out", npz,
        ])
        #expect(export.status == 0 && export.output == npz + "\n")
        let csv = try program.run(["export", run, "--format", "csv", "--out", folder.file("csv")])
        #expect(csv.output.contains("csv/table.csv\n") && csv.errors.contains("left out"))
        // None of it is taken for a change of the results.
        #expect(try program.run(["verify", run]).status == 0)
    }

    @Test func mistakesEndWithTheirStatusAndASentence() throws {
        let (folder, run) = try copy()
        for (arguments, code, words) in [
            (["status", folder.file("none")], 66, "there is no such folder"),
            (["status", folder.path], 66, "holds no run"),
            (["table", run, "--sort", "sample"], 64, "did you mean 'samples'"),
            (["table", run, "--columns", "sampels"], 64, "did you mean 'samples'"),
            (["table", run, "--format", "word"], 64, "word"),
            (
                [
                    "export", run, "--format", "npz", "--only", "encoder.ouput", "--out",
                    folder.file("x"),
                ], 64, "did you mean 'encoder.output'"
            ),
            (
                ["export", run, "--format", "npz", "--item", "samples", "--out", folder.file("x")],
                64, "did you mean 'samples"
            ),
            (
                ["export", run, "--format", "npz", "--only", "[", "--out", folder.file("x")], 64,
                "["
            ),
            (
                ["export", folder.file("none.h5"), "--format", "npz", "--out", folder.file("x")],
                66, "no such file"
            ),
            (["verify", folder.file("none")], 66, "there is no such folder"),
            (["digest", run, folder.file("none")], 66, "there is no such folder"),
        ] as [([String], Int32, String)] {
            let result = try program.run(arguments)
            #expect(result.status == code, "\(arguments): \(result.errors)")
            #expect(result.errors.contains(words), "\(arguments): \(result.errors)")
            #expect(result.output.isEmpty)
        }
    }

    @Test func aReportThatCannotBeWrittenIsASentence() throws {
        let (folder, run) = try copy()
        try AtomicWriter().write("kept", to: folder.file("file"))
        try SystemFileSystem().makeFolders(folder.file("folder"))
        for out in [folder.file("file/report.html"), folder.file("folder"), "/proc/report.html"] {
            let result = try program.run(["report", run, "--out", out])
            #expect(result.status == 73, "\(out): \(result.errors)")
            #expect(result.output.isEmpty && result.errors.contains("cannot"), "\(result.errors)")
            #expect(result.errors.split(separator: "\n").count == 1, "\(result.errors)")
        }
        let kept = try SystemFileSystem().readAll(folder.file("file"))
        #expect(kept == Array("kept".utf8))
        #expect(try SystemFileSystem().list(folder.file("folder")).isEmpty)
    }

    @Test func damageIsFoundAndNamed() throws {
        let (folder, run) = try copy()
        defer { withExtendedLifetime(folder) {} }
        let shard = try #require(
            FileManager.default.subpathsOfDirectory(atPath: run).sorted().first {
                $0.hasSuffix("1.h5")
            })
        let path = FilePath.join(run, shard)
        var bytes = try SystemFileSystem().readAll(path)
        bytes[bytes.count / 2] ^= 1
        try AtomicWriter().write(bytes, to: path)
        let verify = try program.run(["verify", run])
        #expect(
            verify.status == 65 && verify.output.contains(shard)
                && verify.output.contains("redo the item"))
        for arguments in [
            ["digest", run], ["merge", run],
            ["export", run, "--format", "npz", "--out", run + "/x"],
        ] {
            let result = try program.run(arguments)
            #expect(
                result.status == 65 && result.errors.contains("SHA-256 differs"), "\(arguments)")
        }
        // Reading that needs no shard goes on, and a report says why it has no digest.
        #expect(try program.run(["table", run]).status == 0)
        #expect(try program.run(["report", run]).status == 0)
        let journal = run + "/journal/golden-7-1.jsonl"
        var lines = try SystemFileSystem().readAll(journal)
        lines[10] ^= 1
        try AtomicWriter().write(lines, to: journal)
        let status = try program.run(["status", run])
        #expect(status.status == 65 && status.errors.contains("line 1 is damaged"))
        #expect(try program.run(["verify", run, "--json"]).status == 65)
    }

    @Test func otherRunsAreToldApart() throws {
        let (folder, run) = try copy()
        defer { withExtendedLifetime(folder) {} }
        let manifest = run + "/study.json"
        let text = String(decoding: try SystemFileSystem().readAll(manifest), as: UTF8.self)
        try AtomicWriter().write("{}", to: manifest)
        #expect(try program.run(["status", run]).status == 65)
        try AtomicWriter().write(text, to: manifest)
        try SystemFileSystem().removeFile(run + "/journal/golden-7-1.jsonl")
        let result = try program.run(["digest", run, golden])
        #expect(result.status == 1 && result.errors.contains("is finished only in"))
    }
}
