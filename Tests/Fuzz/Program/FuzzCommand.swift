import ArgumentParser
import Glibc
import HireFiles
import HireFuzzing

/// Runs every parser on many broken inputs and reports those that crash, hang, take too much memory or end oddly.
@main
struct FuzzCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "HireFuzz",
        abstract: "Run the parsers on changed files; exit 1 if one misbehaves.",
        discussion: """
            Input number I of a seed is the same on every machine. Inputs run in child processes, so that a crash is
            a finding and not the end; each finding's input is saved and can be run alone with --replay.
            """)

    @Option(help: "Inputs per target.")
    var inputs = 200_000

    @Option(help: "The seed of the run.")
    var seed: UInt64 = 1

    @Option(name: .customLong("target"), help: "Only these targets; may be given again.")
    var names: [String] = []

    @Option(help: "The folder Tests of the checkout.")
    var tests = "Tests"

    @Option(help: "Where inputs that were found are saved.")
    var findings = "Tests/Fuzz/findings"

    @Flag(help: "Check that planted crashes, hangs, leaks and odd errors are found.")
    var selfCheck = false

    @Flag(help: "This build has sanitisers: no limit on memory, more time, and leaks are findings.")
    var sanitised = false

    @Option(
        help: "Print what safetensors files hold, one JSON line for each path in the given file.")
    var judge: String?

    @Option(help: "Run one file through the given target, in this process.")
    var replay: String?

    @Option(help: .hidden)
    var childFrom: Int?

    @Option(help: .hidden)
    var childStatus: String?

    func run() throws {
        if let judge { return try SafetensorsJudge.run(judge) }
        let targets = try chosen()
        if let replay {
            let bytes = try SystemFileSystem().readAll(replay)
            for target in targets { print("\(target.name): \(FuzzVerdict(target, bytes))") }
            return
        }
        if let childFrom, let childStatus {
            let status = try StatusPage(childStatus)
            let seeds = try targets[0].seeds(in: tests).map(\.bytes)
            FuzzChild(
                target: targets[0], seeds: seeds, seed: seed, status: status,
                isSanitised: sanitised
            ).run(from: childFrom, to: inputs)
        }
        let supervisor = FuzzSupervisor(
            inputs: inputs, seed: seed, tests: tests, findings: findings,
            isSanitised: sanitised)
        if selfCheck {
            try supervisor.checkItself()
            return
        }
        var found = 0
        for target in targets { found += try supervisor.run(target).count }
        print(found == 0 ? "no findings" : "\(found) findings; inputs are in \(findings)")
        if found > 0 { throw ExitCode(1) }
    }

    private func chosen() throws -> [FuzzTarget] {
        if names.isEmpty { return FuzzTargets.all }
        let known = FuzzTargets.all + FuzzTargets.planted + [FuzzTargets.plantedLeak]
        return try names.map { name in
            guard let target = known.first(where: { $0.name == name }) else {
                throw ValidationError(
                    NearestNames.sentence(kind: "target", name: name, among: known.map(\.name)))
            }
            return target
        }
    }
}
