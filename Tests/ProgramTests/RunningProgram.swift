import Foundation
import HireFiles

/// The program in a process of its own, which tests can watch and send signals to.
final class RunningProgram {
    private let process = Process()
    private let errors: URL
    private let output: URL

    /// Starts the program; what it prints goes to files, so that no reader has to keep up.
    init(
        _ program: String, _ arguments: [String], in folder: String,
        environment: [String: String] = [:]
    ) throws {
        let name = String(UInt64.random(in: .min ... .max), radix: 36)
        output = URL(fileURLWithPath: FilePath.join(folder, "\(name).out"))
        errors = URL(fileURLWithPath: FilePath.join(folder, "\(name).err"))
        for file in [output, errors] {
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
        }
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit { if process.isRunning { kill(process.processIdentifier, SIGKILL) } }

    /// What it has written to standard output so far.
    var printed: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    /// What it has written to standard error so far.
    var complained: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }
    /// Whether it has not ended.
    var isRunning: Bool { process.isRunning }

    /// Sends it a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits until a condition holds, the program has ended, or a minute has passed; whether it held.
    func waits(for condition: (RunningProgram) throws -> Bool) rethrows -> Bool {
        for _ in 0..<6000 {
            if try condition(self) { return true }
            if !isRunning { return try condition(self) }
            usleep(10_000)
        }
        return false
    }

    /// Waits for its end; the status, or minus the signal that killed it, and the seconds that took.
    func end() -> (status: Int32, seconds: Double) {
        let began = Date()
        // Foundation also waits for the programs that it has started; the seconds are its own.
        while process.isRunning, !hasEnded { usleep(5000) }
        let seconds = Date().timeIntervalSince(began)
        process.waitUntilExit()
        let status = process.terminationStatus
        return (process.terminationReason == .exit ? status : -status, seconds)
    }

    /// Whether the kernel has nothing left of it but its status.
    private var hasEnded: Bool {
        let path = "/proc/\(process.processIdentifier)/stat"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return true }
        return text.contains(") Z ")
    }
}
