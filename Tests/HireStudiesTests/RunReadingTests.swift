import Foundation
import HireFiles
import HireHDF5
import HireStudies
import HireTestSupport
import Testing

@Suite("Reading runs")
struct RunReadingTests {
    private let disk = SystemFileSystem()

    private func copyOfGolden() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        try FileManager.default.copyItem(
            atPath: goldenPath("runs/capture"), toPath: folder.file("run"))
        return folder
    }

    private func change(_ path: String, at place: Int? = nil) throws {
        var bytes = try disk.readAll(path)
        bytes[place ?? bytes.count / 2] ^= 4
        try AtomicWriter().write(bytes, to: path)
    }

    @Test("Status tells states, workers, times and errors")
    func status() throws {
        let run = try SyntheticRun(
            "sweep",
            [
                .init(variant: "a"), .init(variant: "b", error: "b: expected [2], got <3>"),
                .init(variant: "c", metrics: nil), .init(variant: "d", metrics: nil),
            ])
        let contents = try run.contents()
        let waiting = contents.items[2].item
        try AtomicWriter().write(
            "{\"host\":\"node7\",\"pid\":42,\"process_start\":\"1\",\"token\":\"x\",\"beat\":3}",
            to: run.folder.file("leases/\(waiting.id).json"))
        try AtomicWriter().write("left", to: run.folder.file("items/old.0123456789abcdef/x.bin"))
        try AtomicWriter().write("{\"seq\":1", to: run.folder.location("journal/zz.jsonl"))
        let status = try RunStatus(run.contents())
        #expect(status.items.map(\.word) == ["done", "failed", "running", "waiting"])
        #expect(status.items[2].worker?.host == "node7" && status.items[2].worker?.process == 42)
        #expect(status.torn.count == 1 && status.orphans == ["items/old.0123456789abcdef/x.bin"])
        #expect(status.remaining != nil)
        let text = try status.text()
        #expect(text.contains("b: expected [2], got <3>") && text.contains("process 42 on node7"))
        #expect(
            text.contains("1 done, 1 running, 1 waiting, 1 failed of 4")
                && text.contains("half-written"))
        #expect(status.json()["items"]?.arrayValue?[1]["error"] == "b: expected [2], got <3>")
    }

    @Test("A long error stands beneath the table and does not widen it")
    func longErrors() throws {
        let error =
            "encoder.layers.0: expected [2],\r\ngot " + String(repeating: "long ", count: 80)
            + "end."
        let run = try SyntheticRun(
            "sweep", [.init(variant: "a"), .init(variant: "b", error: error)])
        let status = try RunStatus(run.contents())
        let lines = try status.text().split(separator: "\n").map(String.init)
        #expect(lines.prefix(4).allSatisfy { $0.count < 80 })
        #expect(lines[4] == "b: " + error.replacing("\r\n", with: " "))
        #expect(lines[5].contains("1 done, 1 failed of 2"))
        #expect(status.json()["items"]?.arrayValue?[1]["error"] == .string(error))
    }

    @Test("A run without items, and a folder that is none")
    func empty() throws {
        let run = try SyntheticRun("sweep", [])
        #expect(
            try RunStatus(run.contents()).text() == "sweep in \(run.folder.path): no items of 0\n")
        #expect(try RunDigest(run.contents()).items.isEmpty)
        #expect(try ResultTable(RunResults(run.contents())).rows.isEmpty)
        #expect(try RunReport(run.contents()).html().contains("Nothing is finished yet."))
        let none = try TemporaryFolder()
        #expect { try RunFolder(none.path).contents() } throws: { "\($0)".contains("holds no run") }
        #expect { try RunVerification(RunFolder(none.path)) } throws: {
            "\($0)".contains("holds no run")
        }
    }

    @Test(
        "The digest does not change with order, time, place or how HDF5 stores; it does with content"
    )
    func digest() throws {
        let first = try SyntheticRun.ablation()
        let second = try SyntheticRun.ablation()
        let digest = try RunDigest(first.contents())
        #expect(digest == (try RunDigest(second.contents())))
        #expect(digest.digest.count == 64 && digest.items.count == 6)
        #expect(try RunComparison(first.contents(), second.contents()).difference == nil)
        // Another result of one item.
        var entries: [SyntheticRun.Item] = []
        for value in [0.5, 0.25] {
            entries.append(.init(variant: "v", metrics: ["loss": .number(value)]))
        }
        let (a, b) = (
            try SyntheticRun("sweep", [entries[0]]), try SyntheticRun("sweep", [entries[1]])
        )
        let comparison = try RunComparison(a.contents(), b.contents())
        #expect(
            comparison.difference == "Item 'v' has other metrics: loss is 0.5 here and 0.25 there.")
        let unfinished = try SyntheticRun("sweep", [.init(variant: "v", metrics: nil)])
        #expect(
            try RunComparison(a.contents(), unfinished.contents()).difference?.contains(
                "finished only in") == true)
        let more = try SyntheticRun("sweep", [entries[0], .init(variant: "w")])
        #expect(
            try RunComparison(a.contents(), more.contents()).difference?.contains(
                "has the item 'w'") == true)
    }

    @Test("A digest opens no HDF5 file that was changed")
    func digestOfDamage() throws {
        let folder = try copyOfGolden()
        let run = RunFolder(folder.file("run"))
        let before = try RunDigest(run.contents())
        #expect(before.items[0].files.keys.sorted() == ["1.h5", "2.h5"])
        let shard = try #require(try run.files(beneath: "items").first { $0.hasSuffix(".h5") })
        try change(run.location(shard))
        #expect { try RunDigest(run.contents()) } throws: { "\($0)".contains("SHA-256 differs") }
    }

    @Test(
        "What HDF5 files say is digested: chunks, order and provenance are nothing, numbers and attributes are"
    )
    func contentDigest() throws {
        func file(
            _ options: HDF5Options, swap: Bool = false, value: Float = 1, hook: String = "a",
            cpu: String = "x"
        ) throws -> String {
            let shard = try HDF5Shard(name: "test", options: options)
            try shard.setAttributes([
                ("cpu", .string(cpu)), ("git_commit", .string(cpu)), ("schema", "s"),
            ])
            let backend = try SmallStudy().context.backend
            let numbers = try backend.array(
                (0..<3000).map { $0 == 17 ? value : Float($0) }, [30, 100])
            let write: [() throws -> Void] = [
                {
                    try shard.write(numbers, to: "/act/x");
                    try shard.setAttribute("hook", .string(hook), on: "/act/x")
                },
                { try shard.write(["p", "q"], to: "/input/text") },
                { try shard.write(["\(cpu)"], to: "/measured/machine") },
            ]
            for body in swap ? write.reversed() : write { try body() }
            return try HDF5ContentDigest.digest(HDF5Reader(image: shard.finish(), name: "test"))
        }
        let reference = try file(HDF5Options())
        #expect(
            reference
                == (try file(
                    HDF5Options(gzip: 1, checksums: false, chunkBytes: 512), swap: true, cpu: "y")))
        #expect(reference != (try file(HDF5Options(), value: 2)))
        #expect(reference != (try file(HDF5Options(), hook: "b")))
    }

    @Test("Missing, cut, changed and unknown files are told apart, with what to do")
    func verify() throws {
        let folder = try copyOfGolden()
        let run = RunFolder(folder.file("run"))
        let shards = try run.files(beneath: "items")
        try disk.removeFile(run.location(shards[0]))
        try change(run.location(shards[1]))
        try AtomicWriter().write("?", to: run.location("items/nobody.txt"))
        try AtomicWriter().write("{", to: run.file("leases/0123456789abcdef.json"))
        let found = try RunVerification(run)
        #expect(!found.isIntact)
        #expect(found.problems.map(\.kind) == ["missing", "changed", "lease", "unknown"])
        #expect(
            found.text.contains("run the script again to redo the item")
                && found.text.contains("3 problems"))
        #expect(found.json["intact"] == false)
        // A damaged manifest still lets the journal be looked at.
        try AtomicWriter().write("{}", to: run.location("study.json"))
        let damaged = try RunVerification(run).problems.first
        #expect(damaged?.kind == "manifest")
        #expect(damaged?.sentence.contains("Remove the file and run the script again") == true)
    }

    @Test("The folder of a capture written by h5py and Python stays readable")
    func golden() throws {
        let run = RunFolder(goldenPath("runs/capture"))
        let contents = try run.contents()
        #expect(contents.items.map(\.state) == [.done, .done])
        #expect(try RunStatus(contents).items.compactMap(\.seconds) == [60, 60])
        let table = try ResultTable(RunResults(contents))
        #expect(table.columns.map(\.key) == ["item", "samples"])
    }
}
