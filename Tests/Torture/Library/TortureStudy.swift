import Foundation
import HireFiles

/// A study that trials kill, signal and share between processes, with the digest that it must always come to.
public struct TortureStudy: Sendable {
    /// The program.
    public let program: TortureProgram
    /// The Lua file.
    public let script: String
    /// What `hire digest` prints of an uninterrupted run.
    public let digest: String
    /// How long an uninterrupted run takes, in seconds.
    public let seconds: Double
    /// How many items it has.
    public let itemCount: Int
    /// Put in front of `hire run` to limit the process, such as `["prlimit", …]`; usually nothing.
    private static let leases = ["HIRE_LEASE_BEAT": "0.2", "HIRE_LEASE_STALE": "2"]

    /// Runs the study once without disturbing it.
    ///
    /// - Parameter scratch: a folder for its results.
    public init(_ script: String, program: TortureProgram, scratch: String) throws {
        self.program = program
        self.script = script
        let folder = scratch + "/reference"
        let ending = try program.run(["run", script, "--out", folder])
        guard ending.status == 0 else {
            throw FileError(
                .badData, path: script,
                problem: "the undisturbed study ends with status \(ending.status): \(ending.errors)"
            )
        }
        seconds = ending.seconds
        itemCount = try RunInspection(folder).done.count
        digest = try Self.digest(folder, program)
    }

    /// Starts the study, or goes on with it, in a folder.
    public func start(
        _ folder: String, _ options: [String] = [], environment: [String: String] = [:]
    ) throws -> TortureProgram.Child {
        try program.start(
            ["run", script, "--out", folder] + options,
            environment: Self.leases.merging(environment) { $1 })
    }

    /// What `hire digest` prints of a folder.
    public static func digest(_ folder: String, _ program: TortureProgram) throws -> String {
        let ending = try program.run(["digest", folder])
        guard ending.status == 0 else { return "no digest (\(ending.status)): \(ending.errors)" }
        return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Finishes what is left in a folder; notes in the outcome whatever is not as in the undisturbed run.
    public func finish(_ folder: String, _ outcome: inout TrialOutcome, _ story: String) throws {
        let ending = try start(folder).wait()
        if ending.status != 0 {
            outcome.fail("\(story): going on ends with status \(ending.status): \(ending.errors)")
            return
        }
        try check(folder, &outcome, story)
        let found = try Self.digest(folder, program)
        // The folder's name may be part of what is printed.
        if found.split(separator: " ").first != digest.split(separator: " ").first {
            outcome.fail("\(story): the digest is \(found), undisturbed it is \(digest)")
        }
        outcome.add(to: "digests compared")
    }

    /// Looks at a folder as it stands; returns how many items are done.
    @discardableResult
    public func check(
        _ folder: String, _ outcome: inout TrialOutcome, _ story: String,
        keeping before: Set<String> = []
    ) throws -> Set<String> {
        let inspection = try RunInspection(folder)
        for problem in inspection.problems { outcome.fail("\(story): \(problem)") }
        let done = Set(inspection.done.keys)
        for item in before.subtracting(done) {
            outcome.fail("\(story): item \(item) was journalled and is gone")
        }
        outcome.add(inspection.openedFiles, to: "HDF5 files opened")
        outcome.add(inspection.tornLines, to: "torn lines")
        return done
    }
}
