import Foundation
import Glibc
import HireFiles
import HireTestSupport
import HireVLM
import Testing

@testable import HireStudies

@Suite("Attempts at an item")
struct AttemptTests {
    private struct Broken: Error {}

    private func run(
        _ plan: PlanForTests, in folder: String, _ monitor: MonitorForTests = MonitorForTests(),
        _ change: (inout StudyRequest) -> Void = { _ in }
    ) throws -> RunOutcome {
        var request = StudyRequest()
        request.leaseBeat = 0.02
        request.leaseStale = 0.3
        change(&request)
        return try StudyRunner(RunFolder(folder), request: request).run(plan, monitor.monitor)
    }

    @Test("What a link in an item's folder leads to is never removed", arguments: [false, true])
    func links(isFresh: Bool) throws {
        try withTemporaryFolder { folder in
            let (data, results) = (folder + "/data", folder + "/run")
            try SystemFileSystem().makeFolders(data + "/deep")
            for name in ["/one.txt", "/deep/two.txt", "/three.txt"] {
                try AtomicWriter().write("precious", to: data + name)
            }
            let plan = try PlanForTests(["a", "b"])
            var isBroken = true
            plan.before = { item in
                let place = try #require(plan.place)
                let own = place.location(item.folder)
                try place.fileSystem.makeFolders(own)
                #expect(symlink(data, own + "/data") == 0)
                #expect(symlink(data + "/three.txt", own + "/three.txt") == 0)
                if isBroken { throw Broken() }
            }
            #expect(throws: Broken.self) { _ = try run(plan, in: results) }
            // Links in and in place of the final folders, as an older version or a user leaves them.
            let items = plan.items.map { results + "/" + $0.folder }
            try SystemFileSystem().makeFolders(items[0])
            #expect(symlink(data, items[0] + "/data") == 0)
            #expect(symlink(data, items[1]) == 0)
            isBroken = false
            _ = try run(plan, in: results) { $0.fresh = isFresh }
            _ = try run(plan, in: results) { $0.fresh = isFresh }
            #expect(
                try RunFolder(folder).files(beneath: "data") == [
                    "data/deep/two.txt", "data/one.txt", "data/three.txt",
                ])
            let contents = try RunFolder(results).contents()
            #expect(contents.items.allSatisfy { $0.state == .done })
        }
    }

    @Test("Who lost an item, and goes on writing, changes nothing of what the new owner wrote")
    func zombie() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            let plan = try PlanForTests(["a"])
            let monitor = MonitorForTests()
            var isTaken = false
            plan.after = { item in
                if isTaken { return }
                isTaken = true
                // Stopped for so long that another process did the item; then it goes on.
                try run.fileSystem.removeFile(run.location("leases/\(item.id).json"))
                let winner = try PlanForTests(["a"])
                _ = try self.run(winner, in: folder)
                let place = try #require(plan.place)
                for name in ["values.csv", "measured.csv", "other.h5"] {
                    try AtomicWriter().write("late", to: place.file("\(item.folder)/\(name)"))
                }
            }
            let outcome = try self.run(plan, in: folder, monitor)
            #expect(outcome.done.isEmpty && outcome.takenOver == ["a"])
            #expect(monitor.text.contains("another process took it over"))
            #expect(try RunVerification(run).problems.isEmpty)
            let contents = try run.contents()
            #expect(contents.items.map(\.state) == [.done])
            #expect(try contents.orphans().isEmpty)
            #expect(contents.journal.records.allSatisfy { $0.state != .failed })
        }
    }

    @Test("Who lost an item learns of it at the next step")
    func lost() throws {
        try withTemporaryFolder { folder in
            let run = RunFolder(folder)
            let plan = try PlanForTests(["a"])
            let monitor = MonitorForTests()
            var steps = 0
            plan.work = { item, watched in
                if steps > 0 { return }
                let path = run.location("leases/\(item.id).json")
                try AtomicWriter().write(
                    "{\"beat\":1,\"host\":\"h\",\"pid\":1,\"process_start\":\"1\",\"token\":\"other\"}",
                    to: path)
                while steps < 500 {
                    steps += 1
                    try watched.checkInterrupt()
                    Thread.sleep(forTimeInterval: 0.01)
                }
            }
            let outcome = try self.run(plan, in: folder, monitor)
            #expect(steps > 0 && steps < 500)
            // The other one gives no sign of life either.
            #expect(outcome.done == ["a"] && monitor.text.contains("took it over"))
        }
    }

    @Test("A shard that was submitted gets no name once its owner is gone")
    func abandonedShard() throws {
        try withTemporaryFolder { folder in
            let slow = FaultyFileSystem { _, call in
                if call == "open" { Thread.sleep(forTimeInterval: 0.2) }
                return nil
            }
            func submit() throws {
                let writer = BackgroundShardWriter(capacity: 1 << 16, fileSystem: slow)
                let image = try writer.image()
                try writer.submit(image, to: folder + "/shard.h5")
            }
            try submit()
            Thread.sleep(forTimeInterval: 0.5)
            #expect(try SystemFileSystem().list(folder).isEmpty)
        }
    }

    @Test("A line that is visible before its newline is read once and is no damage")
    func visibleBeforeItsNewline() throws {
        try withTemporaryFolder { folder in
            let disk = SystemFileSystem()
            let writer = JournalWriter(folder)
            let record = JournalRecord(
                sequence: 1, item: "a", label: "a", state: .started, attempt: 1, utc: "", host: "",
                process: 0)
            try writer.append(record)
            try writer.append(record)
            let path = folder + "/" + (try disk.list(folder))[0]
            let whole = try disk.readAll(path)
            let reader = JournalReader(folder, fileSystem: disk)
            func show(_ bytes: some Sequence<UInt8>) throws {
                try AtomicWriter().write(Array(bytes), to: path)
                try reader.look()
            }
            try show(whole.dropLast(20))
            #expect(reader.records.count == 1 && reader.torn == [path])
            try show(whole.dropLast())
            #expect(reader.records.count == 2 && reader.torn.isEmpty)
            try show(whole)
            #expect(reader.records.count == 2 && reader.torn.isEmpty)
            try show(whole + whole)
            #expect(reader.records.count == 4)
            // Something else where the newline was is noticed by whoever reads the whole.
            try AtomicWriter().write(Array(whole.dropLast()) + [0x4B], to: path)
            #expect(throws: FileError.self) {
                try JournalReader(folder, fileSystem: disk).look()
            }
        }
    }

    @Test("Only what is known to be gone is gone")
    func processes() throws {
        let own = Int(getpid())
        guard case .began = ProcessIdentity.state(of: own) else {
            Issue.record("This process was not found.")
            return
        }
        // Hidden from this process: it cannot be read, and answers signals.
        #expect(ProcessIdentity.state(of: own, in: "/nowhere") == .unknown)
        for number in [0, -1, Int.max] {
            #expect(ProcessIdentity.state(of: number) == .unknown)
        }
        let child = Process()
        child.executableURL = URL(fileURLWithPath: "/bin/true")
        try child.run()
        child.waitUntilExit()
        #expect(ProcessIdentity.state(of: Int(child.processIdentifier)) == .absent)
        try withTemporaryFolder { folder in
            // Something that cannot be read is not gone.
            try SystemFileSystem().makeFolders("\(folder)/\(child.processIdentifier)/stat")
            #expect(
                ProcessIdentity.state(of: Int(child.processIdentifier), in: folder) == .unknown)
        }
    }
}
