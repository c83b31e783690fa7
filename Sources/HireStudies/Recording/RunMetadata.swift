import Foundation
import HireArray
import HireFiles
import HireHDF5
import HireTensor
import HireVLM

/// Where and with what a run was made: the root attributes of its HDF5 files.
///
/// Nothing of it enters a configuration's digest.
public struct RunMetadata: Sendable {
    /// The attributes in the order in which they are written; `complete` is not among them.
    public let attributes: [(String, HDF5Value)]

    /// The attributes of a file made with a configuration.
    ///
    /// - Parameter fileSystem: where the machine's and the repository's descriptions are read.
    public init(
        _ configuration: Configuration, seed: Int, context: Context,
        fileSystem: any FileSystem = SystemFileSystem()
    ) throws {
        let environment = ProcessInfo.processInfo.environment
        let threads =
            environment["OPENBLAS_NUM_THREADS"].flatMap(Int.init)
            ?? environment["OMP_NUM_THREADS"].flatMap(Int.init)
            ?? ProcessInfo.processInfo.activeProcessorCount
        var list: [(String, HDF5Value)] = [
            ("schema", "hire-act"), ("schema_version", 1),
            ("toolkit_version", .string(ToolkitVersion.text)),
            ("config_json", .string(try configuration.text())),
            ("config_sha256", .string(try configuration.digest())),
            ("seed", .integer(Int64(seed))), ("backend", .string(context.backend.name)),
            ("threads", .integer(Int64(threads))),
            ("blas", .string(context.backend.name == "cpu" ? "openblas" : "none")),
            ("cpu", .string(RunMetadata.processor(fileSystem))),
            ("deterministic", .string(context.determinism.rawValue)),
            ("created_utc", .string(RunMetadata.now())),
        ]
        if let commit = RunMetadata.commit(fileSystem) {
            list.append(("git_commit", .string(commit)))
        }
        attributes = list
    }

    /// The present moment, ISO 8601 in UTC.
    static func now() -> String {
        let formatter = ISO8601DateFormatter()
        formatter.timeZone = TimeZone(identifier: "UTC")
        return formatter.string(from: Date())
    }

    private static func processor(_ fileSystem: any FileSystem) -> String {
        guard let text = text("/proc/cpuinfo", fileSystem) else { return "unknown" }
        let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
        return line?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            ?? "unknown"
    }

    /// The commit checked out in the working folder, where there is one.
    private static func commit(_ fileSystem: any FileSystem) -> String? {
        guard
            let head = text(".git/HEAD", fileSystem)?.trimmingCharacters(
                in: .whitespacesAndNewlines)
        else { return nil }
        guard head.hasPrefix("ref: ") else { return head }
        let name = String(head.dropFirst(5))
        if let commit = text(".git/\(name)", fileSystem) {
            return commit.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        let packed = text(".git/packed-refs", fileSystem)?.split(separator: "\n")
        return packed?.first { $0.hasSuffix(" \(name)") }.map { String($0.prefix { $0 != " " }) }
    }

    /// A small text file, also one of those whose size the system gives as 0.
    private static func text(_ path: String, _ fileSystem: any FileSystem) -> String? {
        let bytes = try? fileSystem.withFile(path, for: .read) { file in
            try [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
                count = try fileSystem.readUpTo(
                    file, at: 0, into: UnsafeMutableRawBufferPointer(buffer))
            }
        }
        return bytes.map { String(decoding: $0, as: UTF8.self) }
    }
}
