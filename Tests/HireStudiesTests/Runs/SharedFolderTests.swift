import Foundation
import HireFiles
import HireStudies
import HireTestSupport
import HireVLM
import Synchronization
import Testing

@Suite("Several processes on one folder")
struct SharedFolderTests {
    private static let labels = (0..<12).map { "item \($0)" }

    private static func request(_ role: StudyRequest.Role = .whole) -> StudyRequest {
        var request = StudyRequest()
        request.role = role
        request.leaseBeat = 0.05
        request.leaseStale = 1
        return request
    }

    @Test(
        "Each item is done once, all processes see all results, and the bytes are those of one alone"
    )
    func share() throws {
        try withTemporaryFolder { folder in
            let alone = folder + "/alone"
            _ = try StudyRunner(RunFolder(alone)).run(PlanForTests(Self.labels))
            let shared = folder + "/shared"
            let performed = Mutex<[String]>([])
            let finished = Mutex(0)
            DispatchQueue.concurrentPerform(iterations: 4) { number in
                do {
                    let plan = try PlanForTests(Self.labels)
                    plan.before = { _ in Thread.sleep(forTimeInterval: 0.02) }
                    let outcome = try StudyRunner(RunFolder(shared), request: Self.request()).run(
                        plan)
                    performed.withLock { $0 += plan.performed }
                    #expect(outcome.remaining.isEmpty)
                    #expect(plan.concluded.count == Self.labels.count)
                    finished.withLock { $0 += 1 }
                } catch {
                    Issue.record("\(number): \(error)")
                }
            }
            #expect(finished.withLock { $0 } == 4)
            #expect(performed.withLock { $0.sorted() } == Self.labels.sorted())
            #expect(try itemFiles(shared) == itemFiles(alone))
            let contents = try RunFolder(shared).contents()
            #expect(contents.items.allSatisfy { $0.state == .done && $0.attempt == 1 })
            #expect(
                try RunFolder(alone).contents().items.map { $0.result?.metrics }
                    == contents.items.map { $0.result?.metrics })
            #expect(try SystemFileSystem().list(shared + "/leases").isEmpty)
        }
    }

    @Test(
        "A worker ends when nothing is left to take; a whole run waits, says so once, and goes on")
    func roles() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests(["a", "b"])
            plan.before = { item in
                guard item.label == "a" else { return }
                let worker = try PlanForTests(["a", "b"])
                let outcome = try StudyRunner(RunFolder(folder), request: Self.request(.worker))
                    .run(worker)
                #expect(worker.performed == ["b"] && outcome.remaining == ["a"])
                #expect(worker.concluded.isEmpty)
            }
            let outcome = try StudyRunner(RunFolder(folder), request: Self.request()).run(plan)
            #expect(outcome.done == ["a"] && outcome.takenOver == ["b"])
        }
        try withTemporaryFolder { folder in
            let slow = Thread {
                let plan = try? PlanForTests(["a"])
                plan?.before = { _ in Thread.sleep(forTimeInterval: 0.6) }
                if let plan {
                    _ = try? StudyRunner(RunFolder(folder), request: Self.request()).run(plan)
                }
            }
            slow.start()
            let end = Date(timeIntervalSinceNow: 10)
            while Date() < end, try RunFolder(folder).files(beneath: "leases").isEmpty {
                Thread.sleep(forTimeInterval: 0.01)
            }
            let monitor = MonitorForTests()
            let plan = try PlanForTests(["a"])
            let outcome = try StudyRunner(RunFolder(folder), request: Self.request()).run(
                plan, monitor.monitor)
            #expect(plan.performed.isEmpty && outcome.takenOver == ["a"])
            #expect(monitor.said.filter { $0.contains("Waiting for 'a'") }.count == 1)
        }
    }

    @Test("Who lost an item to another process does not write its result down")
    func lost() throws {
        try withTemporaryFolder { folder in
            let plan = try PlanForTests(["a"])
            let monitor = MonitorForTests()
            let run = RunFolder(folder)
            plan.after = { item in
                // Another process found no sign of life and has done the item.
                let path = run.location("leases/\(item.id).json")
                try run.fileSystem.removeFile(path)
                _ = try StudyRunner(run, request: Self.request()).run(try PlanForTests(["a"]))
                try AtomicWriter().write(
                    "{\"beat\":1,\"host\":\"h\",\"pid\":1,\"process_start\":\"1\",\"token\":\"other\"}",
                    to: path)
            }
            monitor.check = {
                // It gives the item back while this one waits.
                if monitor.said.contains(where: { $0.contains("Waiting") }) {
                    for name in try run.files(beneath: "leases") {
                        try run.fileSystem.removeFile(run.location(name))
                    }
                }
            }
            let outcome = try StudyRunner(run, request: Self.request()).run(plan, monitor.monitor)
            #expect(outcome.done.isEmpty && outcome.takenOver == ["a"])
            #expect(monitor.text.contains("another process took it over"))
            let records = try run.journal().records.filter { $0.state == .done }
            #expect(records.count == 1)
        }
    }

    @Test("With --keep-going an item that failed in one process is not tried again by the others")
    func failedElsewhere() throws {
        struct Broken: Error {}
        try withTemporaryFolder { folder in
            var request = Self.request()
            request.keepsGoing = true
            let plan = try PlanForTests(["a", "b"])
            plan.before = { item in
                guard item.label == "a" else { return }
                let other = try PlanForTests(["a", "b"])
                other.before = { if $0.label == "b" { throw Broken() } }
                let outcome = try StudyRunner(RunFolder(folder), request: Self.worker(request)).run(
                    other)
                #expect(outcome.failed.map(\.label) == ["b"])
            }
            let outcome = try StudyRunner(RunFolder(folder), request: request).run(plan)
            #expect(plan.performed == ["a"] && outcome.failed.map(\.label) == ["b"])
        }
    }

    private static func worker(_ request: StudyRequest) -> StudyRequest {
        var request = request
        request.role = .worker
        return request
    }
}
