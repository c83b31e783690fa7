import Foundation
import Glibc
import HireFiles

/// Several processes share one run; some are killed; nothing is done twice at once and nothing is left out.
public struct WorkerTrial {
    /// The study that is shared.
    public let study: TortureStudy
    /// Where folders are made.
    public let scratch: String

    /// A trial of a study.
    public init(_ study: TortureStudy, scratch: String) {
        self.study = study
        self.scratch = scratch
    }

    /// Starts four processes per round and kills one to three of them at random moments; the others must finish.
    public func run(rounds: Int, seed: UInt64) throws -> TrialOutcome {
        var outcome = TrialOutcome("four processes on one run, one to three killed")
        var random = TortureRandom(seed: seed)
        let began = ContinuousClock.now
        for number in 0..<rounds {
            let folder = "\(scratch)/workers-\(number)"
            let victims = number % 3 + 1
            let children = try (0..<4).map { _ in try study.start(folder) }
            for child in children.prefix(victims) {
                usleep(UInt32.random(in: 0...UInt32(study.seconds * 250_000), using: &random))
                if child.isRunning { outcome.add(to: "kills") }
                child.signal(SIGKILL)
            }
            for (place, child) in children.enumerated() {
                let ending = child.wait()
                if place >= victims, ending.status != 0 {
                    outcome.fail(
                        "round \(number): a process that nobody killed ended with \(ending.status): \(ending.errors)"
                    )
                }
            }
            // The survivors finished everything: what is dead was taken over.
            let done = try study.check(folder, &outcome, "round \(number)")
            if done.count != study.itemCount {
                outcome.fail("round \(number): \(done.count) of \(study.itemCount) items are done")
            }
            try study.finish(folder, &outcome, "round \(number)")
            outcome.add(try Self.repeated(folder), to: "items done twice")
            outcome.add(to: "rounds")
            try? FileManager.default.removeItem(atPath: folder)
        }
        if outcome["items done twice"] > 0 {
            outcome.fail("\(outcome["items done twice"]) items were finished by two processes")
        }
        outcome.seconds = began.duration(to: .now) / .seconds(1)
        return outcome
    }

    /// Items that the journals call done more than once.
    private static func repeated(_ folder: String) throws -> Int {
        let disk = SystemFileSystem()
        var counts: [String: Int] = [:]
        for name in try disk.list(folder + "/journal") {
            let text = String(
                decoding: try disk.readAll(folder + "/journal/" + name), as: UTF8.self)
            for line in text.split(separator: "\n") {
                guard case .object(let record)? = try? JSONParser.parse(String(line), source: name),
                    record["state"]?.stringValue == "done", let item = record["item"]?.stringValue
                else { continue }
                counts[item, default: 0] += 1
            }
        }
        return counts.values.filter { $0 > 1 }.count
    }
}
