import Foundation
import HireFiles
import HireTestSupport
import HireTorturing
import Testing

/// What a run survives, at the size that every change is tried with; `make torture` does many times more.
@Suite("Torture", .serialized)
struct TortureTests {
    private static let tests = FilePath.folder(of: FilePath.folder(of: #filePath))

    private func tried(
        _ name: String, _ trial: (TortureStudy, String) throws -> TrialOutcome
    ) throws -> TrialOutcome {
        let folder = try TemporaryFolder()
        let study = try TortureStudy(
            "\(Self.tests)/Torture/studies/\(name).lua",
            program: TortureProgram(BuiltProgram.path("hire")),
            scratch: folder.path)
        let outcome = try trial(study, folder.path)
        print("\(name): \(outcome.line)")
        for failure in outcome.failures.prefix(10) { Issue.record("\(failure)") }
        withExtendedLifetime(folder) {}
        return outcome
    }

    @Test(
        "kill -9 loses nothing, and what goes on comes to the same digest",
        arguments: ["sweep", "ablation"])
    func kills(_ name: String) throws {
        let outcome = try tried(name) {
            try KillTrial($0, scratch: $1).run(kills: 100, studies: 25, seed: 11)
        }
        #expect(outcome["kills"] >= 100 && outcome["digests compared"] >= 25)
    }

    @Test("Signals stop a study soon, with their status", arguments: ["sweep", "ablation"])
    func signals(_ name: String) throws {
        let outcome = try tried(name) {
            try SignalTrial($0, scratch: $1, limit: 10).run(signals: 50, seed: 12)
        }
        #expect(outcome["signals"] >= 50)
    }

    @Test("Four processes share a run while some are killed", arguments: ["sweep", "ablation"])
    func workers(_ name: String) throws {
        let outcome = try tried(name) { try WorkerTrial($0, scratch: $1).run(rounds: 12, seed: 13) }
        #expect(outcome["rounds"] == 12)
    }

    @Test("Files that may not grow are a sentence and status 74", arguments: ["sweep", "ablation"])
    func disk(_ name: String) throws {
        let outcome = try tried(name) {
            try DiskTrial($0, scratch: $1).run(limits: 20, largest: 100_000, seed: 14)
        }
        #expect(outcome["refusals"] > 5)
    }

    @Test("Flipped bytes are noticed")
    func flips() throws {
        let outcome = try tried("ablation") {
            try FlipTrial($0, scratch: $1).run(flips: 200, seed: 15)
        }
        #expect(outcome["flips"] >= 190)
    }
}
