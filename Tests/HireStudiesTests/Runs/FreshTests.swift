import Foundation
import HireFiles
import HireTestSupport
import HireVLM
import Synchronization
import Testing

@testable import HireStudies

@Suite("Beginning afresh, and whose folder it is")
struct FreshTests {
    private func run(
        _ plan: any StudyPlan, in folder: String, _ monitor: MonitorForTests = MonitorForTests(),
        script: RunManifest.ScriptIdentity? = nil, _ change: (inout StudyRequest) -> Void = { _ in }
    ) throws -> RunOutcome {
        var request = StudyRequest()
        request.leaseBeat = 0.02
        request.leaseStale = 0.4
        change(&request)
        return try StudyRunner(RunFolder(folder), request: request, script: script)
            .run(plan, monitor.monitor)
    }

    @Test("Fresh settles the conflicts of what it does again, and no others")
    func conflicts() throws {
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(), in: folder)
            #expect(throws: StudyError.self) {
                _ = try run(PlanForTests(value: 2), in: folder) {
                    $0.fresh = true
                    $0.only = ["a"]
                }
            }
            let outcome = try run(PlanForTests(value: 2), in: folder) { $0.fresh = true }
            #expect(outcome.done == ["a", "b", "c"])
            #expect(try RunFolder(folder).contents().dropped.map(\.label) == ["a", "b", "c"])
        }
    }

    @Test("Fresh adds to its own journal and leaves those of others as they are")
    func journals() throws {
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(), in: folder)
            let disk = SystemFileSystem()
            let journal = folder + "/journal/" + (try disk.list(folder + "/journal"))[0]
            let before = try disk.readAll(journal)
            let plan = try PlanForTests()
            _ = try run(plan, in: folder) {
                $0.fresh = true
                $0.only = ["b"]
            }
            #expect(plan.performed == ["b"])
            #expect(try disk.readAll(journal) == before)
            let contents = try RunFolder(folder).contents()
            #expect(contents.items.map(\.attempt) == [1, 2, 1])
            #expect(contents.items.map(\.state) == [.done, .done, .done])
            #expect(try RunVerification(RunFolder(folder)).problems.isEmpty)
            // Forgotten and not yet begun again: nothing is known of it, and its files do not count.
            let broken = try PlanForTests()
            struct Broken: Error {}
            broken.before = { _ in throw Broken() }
            #expect(throws: Broken.self) { _ = try run(broken, in: folder) { $0.fresh = true } }
            #expect(
                try RunFolder(folder).contents().items.map(\.state) == [
                    .failed, .waiting, .waiting,
                ])
            #expect(try run(PlanForTests(), in: folder).done == ["a", "b", "c"])
        }
    }

    @Test(
        "The lease of a dead machine is watched before fresh is refused; that of a live one is named"
    )
    func foreign() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests(["a"])
            _ = try run(plan, in: folder)
            let place = RunFolder(folder)
            let elsewhere = ProcessIdentity(host: "another-host", process: 4, start: "5@x")
            let id = plan.items[0].id
            let lease = try #require(
                try RunLease.take(
                    id, in: place, watch: LeaseWatch(stale: 60), beat: 0.05, process: elsewhere))
            do {
                _ = try run(PlanForTests(["a"]), in: folder) { $0.fresh = true }
                Issue.record("What another machine works on was begun afresh.")
            } catch let error as StudyError {
                #expect(error.description.contains("leases/\(id).json"), "\(error)")
                #expect(error.description.contains("another-host"))
            }
            try lease.release()
            _ = try RunLease.take(
                id, in: place, watch: LeaseWatch(stale: 60), beat: 1000, process: elsewhere)
            let monitor = MonitorForTests()
            let outcome = try run(PlanForTests(["a"]), in: folder, monitor) { $0.fresh = true }
            #expect(outcome.done == ["a"] && monitor.text.contains("leases/\(id).json"))
        }
    }

    @Test(
        "Several that begin afresh at once end well or are told who works, and nothing is damaged")
    func race() throws {
        try withTemporaryFolder { folder in
            for _ in 0..<5 {
                _ = try run(PlanForTests(), in: folder)
                let finished = Mutex(0)
                DispatchQueue.concurrentPerform(iterations: 4) { _ in
                    do {
                        _ = try self.run(PlanForTests(), in: folder) { $0.fresh = true }
                        finished.withLock { $0 += 1 }
                    } catch is StudyError {
                        // Another one was faster.
                    } catch {
                        Issue.record("\(error)")
                    }
                }
                #expect(finished.withLock { $0 } > 0)
                let found = try RunVerification(RunFolder(folder))
                #expect(found.problems.isEmpty && found.finished == 3, "\(found.text)")
            }
        }
    }

    private func script(_ path: String, _ text: String = "0", options: [String] = [])
        -> RunManifest.ScriptIdentity
    {
        RunManifest.ScriptIdentity(
            path: path, sha256: text, arguments: [], overrides: [], options: options)
    }

    @Test("A study does not replace one of another kind or of another script")
    func otherStudy() throws {
        try withTemporaryFolder { folder in
            _ = try run(PlanForTests(), in: folder, script: script("one.lua"))
            let before = try SystemFileSystem().readAll(folder + "/study.json")
            let other = try PlanForTests(["x"])
            for (kind, path) in [("capture", "one.lua"), ("sweep", "two.lua")] {
                other.kind = kind
                do {
                    _ = try run(other, in: folder, script: script(path))
                    Issue.record("\(kind) of \(path) replaced the study.")
                } catch let error as StudyError {
                    #expect(error.description.contains("folder = "), "\(error)")
                }
            }
            #expect(other.performed.isEmpty)
            #expect(try SystemFileSystem().readAll(folder + "/study.json") == before)
            // The same script may change all of its items.
            other.kind = "sweep"
            #expect(try run(other, in: folder, script: script("one.lua")).done == ["x"])
        }
    }

    @Test("The script is stored as it was run last, also where no item changed")
    func storedScript() throws {
        try withTemporaryFolder { folder in
            for (text, options) in [("one", [String]()), ("two", []), ("two", ["--seed", "3"])] {
                _ = try run(
                    PlanForTests(), in: folder, script: script("a.lua", text, options: options)
                ) { $0.script = StudyRequest.ScriptText(path: "a.lua", text: text) }
                let identity = script("a.lua", text, options: options)
                #expect(try RunFolder(folder).manifest()?.script == identity)
                let stored = try SystemFileSystem().readAll(folder + "/script.lua")
                #expect(String(decoding: stored, as: UTF8.self) == text)
            }
        }
    }

    @Test("A worker is told where there is no study to help with")
    func noStudy() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests()
            #expect(throws: StudyError.noStudy(folder: folder)) {
                _ = try run(plan, in: folder) { $0.role = .worker }
            }
            #expect(plan.performed.isEmpty)
        }
    }

    @Test("The way from a study's folder to the script's")
    func ways() {
        for (start, end, way) in [
            ("/r", "/r", "."), ("/r/sweep", "/r", ".."), ("r/a/b", "r", "../.."),
            ("/other/x", "/r", "../../r"), ("/r", "/r/out", "out"),
        ] {
            #expect(StudyArguments.way(from: start, to: end) == way)
        }
    }
}
