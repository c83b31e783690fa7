import Foundation
import Glibc
import HireFiles

/// A disk that is full, or a file that may not grow, is a sentence and status 74; later the run goes on.
public struct DiskTrial {
    /// The study that meets the limit.
    public let study: TortureStudy
    /// Where folders are made.
    public let scratch: String

    /// A trial of a study.
    public init(_ study: TortureStudy, scratch: String) {
        self.study = study
        self.scratch = scratch
    }

    /// Runs the study with files limited to sizes spread over those that it writes, then without a limit.
    ///
    /// - Parameter limits: how many sizes are tried.
    public func run(limits: Int, largest: Int, seed: UInt64) throws -> TrialOutcome {
        var outcome = TrialOutcome("files that may not grow")
        var random = TortureRandom(seed: seed)
        let began = ContinuousClock.now
        for number in 0..<limits {
            let folder = "\(scratch)/disk-\(number)"
            // Small sizes matter most: journals and leases are short.
            let size = Int(pow(Double(largest), Double.random(in: 0...1, using: &random)))
            let ending = try limited(folder, bytes: size)
            outcome.add(to: "limits")
            if ending.status == 74 || ending.status == 73 {
                outcome.add(to: "refusals")
                if !ending.errors.contains(folder) {
                    outcome.fail("\(size) bytes: the message names no file: \(ending.errors)")
                }
            } else if ending.status != 0 {
                outcome.fail("\(size) bytes: status \(ending.status): \(ending.errors)")
            }
            try study.check(folder, &outcome, "\(size) bytes")
            try study.finish(folder, &outcome, "\(size) bytes")
            try? FileManager.default.removeItem(atPath: folder)
        }
        outcome.seconds = began.duration(to: .now) / .seconds(1)
        return outcome
    }

    /// The study under `prlimit --fsize`, which fails writes past the size with EFBIG as a full disk does with ENOSPC.
    private func limited(_ folder: String, bytes: Int) throws -> TortureProgram.Ending {
        // What the program says goes to a pipe: files are limited for it.
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/prlimit")
        process.arguments =
            ["--fsize=\(bytes)", study.program.path, "run", study.script, "--out", folder]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        let errors = Pipe()
        process.standardOutput = FileHandle.nullDevice
        process.standardError = errors
        let began = ContinuousClock.now
        try process.run()
        let said = errors.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let code = process.terminationStatus
        return TortureProgram.Ending(
            status: process.terminationReason == .exit ? code : -code, output: "",
            errors: String(decoding: said, as: UTF8.self),
            seconds: began.duration(to: .now) / .seconds(1))
    }
}
