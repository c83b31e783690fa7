import Foundation
import Glibc
import HireFiles

/// A signal stops a study soon, with its exit status, and the study can go on.
public struct SignalTrial {
    /// The study that is stopped.
    public let study: TortureStudy
    /// Where folders are made.
    public let scratch: String
    /// The longest time in seconds between signal and end.
    public let limit: Double

    private static let signals: [(number: Int32, status: Int32)] = [
        (SIGINT, 130), (SIGTERM, 143), (SIGUSR1, 75), (SIGUSR2, 75),
    ]

    /// A trial of a study.
    public init(_ study: TortureStudy, scratch: String, limit: Double = 2) {
        self.study = study
        self.scratch = scratch
        self.limit = limit
    }

    /// Sends so many signals, each to a study of its own at a random moment; every study is then finished.
    public func run(signals: Int, seed: UInt64) throws -> TrialOutcome {
        var outcome = TrialOutcome("SIGINT, SIGTERM, SIGUSR1 and SIGUSR2")
        var random = TortureRandom(seed: seed)
        let clock = ContinuousClock.now
        var number = 0
        while outcome["signals"] < signals {
            let folder = "\(scratch)/signal-\(number)"
            let (signal, status) = Self.signals[number % Self.signals.count]
            let child = try study.start(folder)
            // Before the program has taken over the signals they end it like any other.
            let moment = Double.random(in: 0.1...max(study.seconds, 0.2), using: &random)
            while child.seconds < moment, child.isRunning { usleep(500) }
            let wasRunning = child.isRunning
            child.signal(signal)
            let sent = child.seconds
            let ending = child.wait()
            // A process that is still starting ends like any other, and nothing has begun.
            let isEarly = ending.status == -signal && !began(folder)
            if isEarly { outcome.add(to: "signals before the start") }
            if wasRunning, !isEarly, ending.status != 0 {
                outcome.add(to: "signals")
                if ending.status != status {
                    outcome.fail(
                        "signal \(signal) gave status \(ending.status), expected \(status): \(ending.errors)"
                    )
                }
                if ending.seconds - sent > limit {
                    outcome.fail("signal \(signal) took \(ending.seconds - sent) s")
                }
            }
            try study.check(folder, &outcome, "study \(number), signal \(signal)")
            try study.finish(folder, &outcome, "study \(number), signal \(signal)")
            try? FileManager.default.removeItem(atPath: folder)
            number += 1
        }
        outcome.seconds = clock.duration(to: .now) / .seconds(1)
        return outcome
    }

    /// Whether any item was begun.
    private func began(_ folder: String) -> Bool {
        (try? SystemFileSystem().exists(folder + "/journal")) ?? false
    }
}
