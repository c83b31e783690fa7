import Foundation
import Glibc
import HireFiles

/// SIGKILL at random moments loses nothing that was journalled, and what goes on comes to the same digest.
public struct KillTrial {
    /// The study that is killed.
    public let study: TortureStudy
    /// Where folders are made.
    public let scratch: String

    /// A trial of a study.
    public init(_ study: TortureStudy, scratch: String) {
        self.study = study
        self.scratch = scratch
    }

    /// Interrupts studies 1, 2, 5, 1, 2, 5, … times each until so many kills happened and so many studies were finished.
    public func run(kills: Int, studies: Int, seed: UInt64) throws -> TrialOutcome {
        var outcome = TrialOutcome("kill -9 at random moments")
        var random = TortureRandom(seed: seed)
        let began = ContinuousClock.now
        var number = 0
        while outcome["kills"] < kills || outcome["studies"] < studies {
            let wanted = [1, 2, 5][number % 3]
            let folder = "\(scratch)/kill-\(number)"
            // Every third study is shared by four processes while it is killed, and finished by one; or the other way round.
            let processes = number % 3 == 2 ? 4 : 1
            try disturb(folder, times: wanted, processes, &random, &outcome)
            try study.finish(folder, &outcome, "study \(number) (seed \(seed))")
            outcome.add(to: "studies")
            try? FileManager.default.removeItem(atPath: folder)
            number += 1
        }
        outcome.seconds = began.duration(to: .now) / .seconds(1)
        return outcome
    }

    private func disturb(
        _ folder: String, times: Int, _ processes: Int, _ random: inout TortureRandom,
        _ outcome: inout TrialOutcome
    ) throws {
        var done: Set<String> = []
        for kill in 1...times {
            let children = try (0..<processes).map { _ in try study.start(folder) }
            let moment = Double.random(in: 0...max(study.seconds, 0.1), using: &random)
            while children[0].seconds < moment, children.contains(where: \.isRunning) {
                usleep(500)
            }
            for child in children {
                if child.isRunning { outcome.add(to: "kills") }
                child.signal(SIGKILL)
                let ending = child.wait()
                if ending.status != -SIGKILL, ending.status != 0 {
                    outcome.fail(
                        "\(folder): a process ended with \(ending.status): \(ending.errors)")
                }
            }
            done = try study.check(folder, &outcome, "\(folder), kill \(kill)", keeping: done)
        }
    }
}
