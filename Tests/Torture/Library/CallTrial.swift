import Foundation
import Glibc
import HireFiles
import HireStudies
import HireTestSupport
import HireVLM

/// A process that is killed in front of any single call of the disk loses nothing that was journalled.
public struct CallTrial {
    /// This program, whose `--child-folder` and `--child-call` run the plan in a process that kills itself.
    public let program: TortureProgram
    /// Where folders are made.
    public let scratch: String

    /// A trial by a program.
    public init(_ program: TortureProgram, scratch: String) {
        self.program = program
        self.scratch = scratch
    }

    /// Kills at every call, so many times over; each folder is then finished and compared.
    public func run(times: Int) throws -> TrialOutcome {
        var outcome = TrialOutcome("kill -9 in front of every call of the disk")
        let began = ContinuousClock.now
        let counting = FaultyFileSystem()
        let reference = scratch + "/call-reference"
        try Self.work(in: reference, counting)
        let expected = try Self.contents(reference)
        for call in counting.calls.indices {
            for time in 0..<times {
                let folder = "\(scratch)/call-\(call)-\(time)"
                let story = "call \(call) (\(counting.calls[call]))"
                let ending = try program.run([
                    "--child-folder", folder, "--child-call", "\(call)",
                ])
                if ending.status != -SIGKILL {
                    outcome.fail(
                        "\(story): the child ended with \(ending.status): \(ending.errors)")
                }
                outcome.add(to: "kills")
                let inspection = try RunInspection(folder)
                for problem in inspection.problems { outcome.fail("\(story): \(problem)") }
                outcome.add(inspection.openedFiles, to: "HDF5 files opened")
                try Self.work(in: folder, SystemFileSystem())
                if try Self.contents(folder) != expected {
                    outcome.fail("\(story): what goes on comes to other results")
                }
                try? FileManager.default.removeItem(atPath: folder)
            }
        }
        outcome.seconds = began.duration(to: .now) / .seconds(1)
        return outcome
    }

    /// What a child does: the plan, until it kills itself.
    public static func child(folder: String, call: Int) throws {
        let disk = FaultyFileSystem(at: call, .hook { _ = kill(getpid(), SIGKILL) })
        try work(in: folder, disk)
    }

    private static func work(in folder: String, _ disk: any FileSystem) throws {
        var request = StudyRequest()
        // Beats would make the count of calls uncertain.
        request.leaseBeat = 1000
        _ = try StudyRunner(RunFolder(folder, fileSystem: disk), request: request).run(CallPlan())
    }

    /// Every file of the items with its bytes, and the results.
    private static func contents(_ folder: String) throws -> [String: [UInt8]] {
        let run = RunFolder(folder)
        var found: [String: [UInt8]] = [:]
        for name in try run.files(beneath: "items") {
            found[name] = try run.fileSystem.readAll(run.location(name))
        }
        for item in try run.contents().items {
            let metrics = try item.result.map {
                try JSONWriter(order: .sorted).string(.object($0.metrics))
            }
            found["metrics of " + item.item.label] = Array((metrics ?? "none").utf8)
        }
        return found
    }
}
