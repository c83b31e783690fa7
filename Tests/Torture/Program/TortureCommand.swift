import ArgumentParser
import Foundation
import HireFiles
import HireTorturing

/// Kills, signals and starves studies, and says whether what the documents promise holds.
@main
struct TortureCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "HireTorture",
        abstract: "Try what a run promises to survive; exit 1 if a promise is broken.",
        discussion:
            "The defaults are the long run of `make torture`; `swift test` does a short one.")

    @Option(help: "The program that is tried.")
    var program = ".build/release/hire"

    @Option(help: "The folder Tests of the checkout.")
    var tests = "Tests"

    @Option(help: "Kills with SIGKILL at random moments.")
    var kills = 1000

    @Option(help: "Studies that are killed 1, 2 or 5 times and compared with an undisturbed one.")
    var studies = 500

    @Option(help: "Signals that a study should stop for.")
    var signals = 1000

    @Option(help: "Rounds of four processes on one run.")
    var rounds = 500

    @Option(help: "Sizes that files may not exceed.")
    var limits = 200

    @Option(help: "Bytes flipped in finished runs.")
    var flips = 2000

    @Option(help: "Times that every single call of the disk is preceded by a kill.")
    var times = 3

    @Option(help: "The seed of moments and places.")
    var seed: UInt64 = 1

    @Option(help: "Scratch space; removed afterwards.")
    var scratch = FileManager.default.temporaryDirectory
        .appendingPathComponent("hire-torture").path

    @Option(
        name: .customLong("only"),
        help: "Only these trials: kill, signal, workers, disk, flip, calls.")
    var only: [String] = []

    @Option(help: .hidden)
    var childFolder: String?

    @Option(help: .hidden)
    var childCall: Int?

    private static let names = ["kill", "signal", "workers", "disk", "flip"]

    func validate() throws {
        let known = Self.names + ["calls"]
        for name in only where !known.contains(name) {
            throw ValidationError(
                NearestNames.sentence(kind: "trial", name: name, among: known))
        }
    }

    func run() throws {
        if let childFolder, let childCall {
            return try CallTrial.child(folder: childFolder, call: childCall)
        }
        try? FileManager.default.removeItem(atPath: scratch)
        try SystemFileSystem().makeFolders(scratch)
        defer { try? FileManager.default.removeItem(atPath: scratch) }
        let hire = TortureProgram(program)
        var broken = 0
        if only.isEmpty || only.contains("calls") {
            let itself = TortureProgram("/proc/self/exe")
            broken += report(try CallTrial(itself, scratch: scratch).run(times: times))
        }
        for name in ["sweep", "ablation"] where only != ["calls"] {
            let folder = "\(scratch)/\(name)"
            try SystemFileSystem().makeFolders(folder)
            let study = try TortureStudy(
                "\(tests)/Torture/studies/\(name).lua", program: hire, scratch: folder)
            say("\(name): \(study.itemCount) items in \(study.seconds) s, \(study.digest)")
            for outcome in try outcomes(study, folder) { broken += report(outcome) }
        }
        if broken > 0 { throw ExitCode(1) }
    }

    /// Each study takes half of what is asked for.
    private func outcomes(_ study: TortureStudy, _ folder: String) throws -> [TrialOutcome] {
        let half = { (count: Int) in (count + 1) / 2 }
        var found: [TrialOutcome] = []
        for name in Self.names where only.isEmpty || only.contains(name) {
            switch name {
            case "kill":
                found.append(
                    try KillTrial(study, scratch: folder)
                        .run(kills: half(kills), studies: half(studies), seed: seed))
            case "signal":
                found.append(
                    try SignalTrial(study, scratch: folder).run(signals: half(signals), seed: seed))
            case "workers":
                found.append(
                    try WorkerTrial(study, scratch: folder).run(rounds: half(rounds), seed: seed))
            case "disk":
                found.append(
                    try DiskTrial(study, scratch: folder)
                        .run(limits: half(limits), largest: 200_000, seed: seed))
            case "flip":
                found.append(
                    try FlipTrial(study, scratch: folder).run(flips: half(flips), seed: seed))
            default: break
            }
        }
        return found
    }

    /// Prints what a trial found; returns how often the promise was broken.
    private func report(_ outcome: TrialOutcome) -> Int {
        say("  \(outcome.line)")
        for failure in outcome.failures.prefix(10) { say("    \(failure)") }
        return outcome.failures.count
    }

    private func say(_ text: String) {
        print(text)
        fflush(nil)
    }
}
