import Foundation
import HireFiles

/// The program `hire` as a child process: how trials start, kill and signal it.
public struct TortureProgram: Sendable {
    /// Where the program is.
    public let path: String

    /// The program at a path.
    public init(_ path: String) { self.path = path }

    /// How a child ended and what it said.
    public struct Ending: Sendable {
        /// The exit status; the negative signal number if a signal ended it.
        public let status: Int32
        /// Standard output.
        public let output: String
        /// Standard error.
        public let errors: String
        /// Wall time in seconds.
        public let seconds: Double
    }

    /// A child that runs.
    public final class Child: @unchecked Sendable {
        private let process = Process()
        private let folder: String
        private let began = ContinuousClock.now

        /// Starts the program; what it says goes to files, so that no full pipe ever holds it up.
        init(_ path: String, _ arguments: [String], environment: [String: String]) throws {
            folder =
                FileManager.default.temporaryDirectory
                .appendingPathComponent("hire-torture-\(UUID().uuidString)").path
            try SystemFileSystem().makeFolders(folder)
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = arguments
            // Without the variable every crash takes seconds to print its frames.
            process.environment = ProcessInfo.processInfo.environment
                .merging(["SWIFT_BACKTRACE": "enable=no"]) { $1 }.merging(environment) { $1 }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = try Self.file(folder + "/output")
            process.standardError = try Self.file(folder + "/errors")
            try process.run()
        }

        private static func file(_ path: String) throws -> FileHandle {
            _ = FileManager.default.createFile(atPath: path, contents: nil)
            return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        }

        /// Whether it still runs.
        public var isRunning: Bool { process.isRunning }

        /// Sends a signal.
        public func signal(_ number: Int32) { kill(process.processIdentifier, number) }

        /// Waits for the end; a child that takes longer is killed and its status is that of SIGKILL.
        public func wait(atMost limit: Double = 120) -> Ending {
            while process.isRunning {
                if seconds > limit { signal(SIGKILL) }
                usleep(2_000)
            }
            process.waitUntilExit()
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let code = process.terminationStatus
            return Ending(
                status: process.terminationReason == .exit ? code : -code,
                output: text("output"), errors: text("errors"), seconds: seconds)
        }

        /// Wall time since the start.
        public var seconds: Double {
            let time = began.duration(to: .now).components
            return Double(time.seconds) + Double(time.attoseconds) * 1e-18
        }

        private func text(_ name: String) -> String {
            let bytes = FileManager.default.contents(atPath: folder + "/" + name) ?? Data()
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    /// Starts the program.
    public func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Child {
        try Child(path, arguments, environment: environment)
    }

    /// Runs the program to its end.
    public func run(_ arguments: [String], environment: [String: String] = [:]) throws -> Ending {
        try start(arguments, environment: environment).wait()
    }
}
