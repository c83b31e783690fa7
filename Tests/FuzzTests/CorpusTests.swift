import HireFiles
import HireFuzzing
import Testing

@Suite("Fuzz corpus")
struct CorpusTests {
    private static let tests = FilePath.folder(of: FilePath.folder(of: #filePath))

    @Test("Every seed gives a value or an error of the toolkit", arguments: FuzzTargets.all)
    func replay(_ target: FuzzTarget) throws {
        let seeds = try target.seeds(in: Self.tests)
        #expect(!seeds.isEmpty)
        var accepted = 0
        for (name, bytes) in seeds {
            let verdict = FuzzVerdict(target, bytes)
            if verdict == .accepted { accepted += 1 }
            if case .broken(let problem) = verdict { Issue.record("\(name): \(problem)") }
        }
        // Without whole inputs the changed ones would only ever meet the first check.
        #expect(accepted > 0, "no seed of \(target.name) is accepted")
    }

    @Test("So do 500 changed inputs, the same on every machine", arguments: FuzzTargets.all)
    func changed(_ target: FuzzTarget) throws {
        let seeds = try target.seeds(in: Self.tests).map(\.bytes)
        for index in 0..<500 {
            let input = target.input(index, seed: 7, from: seeds)
            if index < 20 { #expect(target.input(index, seed: 7, from: seeds) == input) }
            if case .broken(let problem) = FuzzVerdict(target, input) {
                Issue.record("input \(index): \(problem)")
            }
        }
    }

    @Test("Formats put together what they took apart")
    func formats() throws {
        for target in FuzzTargets.all {
            for (name, bytes) in try target.seeds(in: Self.tests) {
                guard let again = target.rebuilt(bytes) else { continue }
                #expect(
                    FuzzVerdict(target, bytes) == FuzzVerdict(target, again),
                    "\(target.name): \(name)")
            }
        }
    }

    @Test("An error of no known type is a finding")
    func oddErrors() throws {
        let odd = try #require(FuzzTargets.planted.first { $0.name == "planted-odd" })
        guard case .broken = FuzzVerdict(odd, [1, 2, 3]) else {
            Issue.record("the planted error was taken for one of the toolkit")
            return
        }
    }
}
