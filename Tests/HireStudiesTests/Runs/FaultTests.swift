import Glibc
import HireFiles
import HireStudies
import HireTestSupport
import HireVLM
import Testing

@Suite("Runs on a failing disk")
struct FaultTests {
    private func request() -> StudyRequest {
        var request = StudyRequest()
        // A lease that could not be removed is in the way for so long; beats would make the count of calls uncertain.
        request.leaseStale = 0.1
        request.leaseBeat = 1000
        return request
    }

    private func finished(_ folder: String) throws -> [String] {
        guard try SystemFileSystem().exists(folder + "/study.json") else { return [] }
        return try RunFolder(folder).contents().items.filter { $0.state == .done }.map(\.item.label)
    }

    @Test(
        "A failure at any call is an error, loses nothing finished, and the next run completes with the same bytes"
    )
    func everyCall() throws {
        try withTemporaryFolder { folder in
            let counting = FaultyFileSystem()
            let whole = folder + "/whole"
            _ = try StudyRunner(RunFolder(whole, fileSystem: counting), request: request())
                .run(PlanForTests())
            let expected = try itemFiles(whole)
            let metrics = try RunFolder(whole).contents().items.map { $0.result?.metrics }
            #expect(counting.calls.count > 100)
            for index in counting.calls.indices {
                let call = counting.calls[index]
                let place = "\(folder)/\(index)"
                let faulty = FaultyFileSystem(at: index, .error(call == "open" ? EACCES : ENOSPC))
                let plan = try PlanForTests()
                do {
                    _ = try StudyRunner(RunFolder(place, fileSystem: faulty), request: request())
                        .run(plan)
                    Issue.record("Nothing was said about call \(index), \(call).")
                } catch let error as FileError {
                    #expect([73, 74].contains(error.exitCode), "call \(index), \(call): \(error)")
                }
                #expect(faulty.openFileCount == 0, "call \(index), \(call)")
                // What was finished before the failure is finished now: every item begun but the last.
                let done = try finished(place)
                #expect(done.count >= plan.performed.count - 1, "call \(index), \(call)")
                let names = try RunFolder(place).files(beneath: "items")
                for name in names {
                    let isTemporary = AtomicWriter.isTemporary(FilePath.name(of: name))
                    #expect(isTemporary || RunFileProblem.isMeasured(name) || expected[name] != nil)
                    if let bytes = expected[name] {
                        #expect(try SystemFileSystem().readAll(place + "/" + name) == bytes)
                    }
                }
                let again = try PlanForTests()
                let outcome = try StudyRunner(RunFolder(place), request: request()).run(again)
                #expect(outcome.remaining.isEmpty)
                #expect(again.performed.count + done.count == 3, "call \(index), \(call)")
                #expect(try itemFiles(place) == expected, "call \(index), \(call)")
                let contents = try RunFolder(place).contents()
                #expect(contents.items.map { $0.result?.metrics } == metrics)
                #expect(try contents.orphans().isEmpty)
                #expect(try SystemFileSystem().list(place + "/leases").isEmpty)
            }
        }
    }

    @Test("Interrupted calls and short reads and writes change nothing")
    func interrupted() throws {
        try withTemporaryFolder { folder in
            let whole = folder + "/whole"
            _ = try StudyRunner(RunFolder(whole), request: request()).run(PlanForTests())
            let short = folder + "/short"
            let faulty = FaultyFileSystem { index, call in
                if ["write", "read"].contains(call) {
                    return index % 5 == 0 ? .error(EINTR) : .short(7)
                }
                return nil
            }
            _ = try StudyRunner(RunFolder(short, fileSystem: faulty), request: request()).run(
                PlanForTests())
            #expect(try itemFiles(short) == itemFiles(whole))
            #expect(try RunFolder(short).contents().items.allSatisfy { $0.state == .done })
        }
    }
}
