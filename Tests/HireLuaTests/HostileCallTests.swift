import Glibc
import HireLua
import HireTestSupport
import Testing

/// Wrong values in every position of every function end as errors, whatever they are, and leak nothing.
///
/// A quarter of all calls is made; all of them where the environment has `HIRE_HOSTILE_CALLS`. Each group runs in a process of its own, so that a crash is one failed test.
@Suite struct HostileCallTests {
    static let groups: [[String]] = {
        let names = LibraryList.all.map(\.name)
        let large: Set = ["tensor", "nn", "pipeline"]
        return large.sorted().map { [$0] } + [names.filter { !large.contains($0) }]
    }()

    @Test(.timeLimit(.minutes(10)), arguments: groups)
    func wrongValues(_ names: [String]) async {
        await #expect(processExitsWith: .success) { [names] in
            var limit = rlimit(rlim_cur: 10 << 30, rlim_max: 10 << 30)
            setrlimit(__rlimit_resource_t(9), &limit)
            let outcome: HostileCalls.Outcome
            do {
                outcome = try HostileCalls(names: Set(names)).run()
            } catch {
                // An error that nobody catches would end the process like a crash, and say nothing.
                Issue.record("\(error)")
                return
            }
            print(
                "\(names): \(outcome.calls) calls, \(outcome.errors) errors, \(outcome.slowest.count) over a second"
            )
            for finding in outcome.findings { Issue.record("\(finding)") }
            let least = getenv("HIRE_HOSTILE_CALLS") == nil ? 1500 : 6000
            #expect(outcome.calls > least && outcome.errors > outcome.calls / 4)
            #expect(outcome.leakedObjects == 0)
            #expect(outcome.leakedBytes == 0)
            #expect(outcome.leakedLuaBytes == 0)
        }
    }
}
