import Glibc
import HireFiles
import HireTensor

/// The machine that a study runs on, and what of it computes.
public struct MachineIdentity: Sendable, Equatable {
    /// Its name.
    public var host: String
    /// The operating system and its kernel.
    public var system: String
    /// The processor's model.
    public var processor: String
    /// Processor cores that are online.
    public var cores: Int
    /// The back-end's name.
    public var backend: String
    /// Threads that compute.
    public var threads: Int
    /// The library of matrix products with its version; "none" where the back-end multiplies itself.
    public var matrixLibrary: String
    /// The processor family that the library's kernels are made for.
    public var matrixKernels: String

    /// This machine, computing in a context.
    ///
    /// - Parameter fileSystem: where the system describes itself.
    public init(_ context: Context, fileSystem: any FileSystem = SystemFileSystem()) {
        let identity = context.backend.identity
        host = ProcessIdentity.current.host
        system = MachineIdentity.system(fileSystem)
        processor = MachineIdentity.processor(fileSystem)
        cores = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
        backend = context.backend.name
        threads = identity.threads
        matrixLibrary = identity.matrixLibrary ?? "none"
        matrixKernels = identity.matrixKernels ?? "none"
    }

    private static func processor(_ fileSystem: any FileSystem) -> String {
        let lines = (try? fileSystem.beginning("/proc/cpuinfo"))?.split(separator: "\n") ?? []
        let line = lines.first { $0.hasPrefix("model name") }
        let name = line?.split(separator: ":", maxSplits: 1).last.map(trimmed)
        return name ?? "unknown"
    }

    private static func system(_ fileSystem: any FileSystem) -> String {
        var names = utsname()
        guard uname(&names) == 0 else { return "unknown" }
        let kernel = withUnsafeBytes(of: names.sysname) { text($0) }
        let release = withUnsafeBytes(of: names.release) { text($0) }
        let machine = withUnsafeBytes(of: names.machine) { text($0) }
        let lines = (try? fileSystem.beginning("/etc/os-release"))?.split(separator: "\n") ?? []
        let title = lines.first { $0.hasPrefix("PRETTY_NAME=") }?.dropFirst(12).filter {
            $0 != "\""
        }
        return [title, "\(kernel) \(release) \(machine)"].compactMap(\.self).joined(separator: ", ")
    }

    private static func text(_ field: UnsafeRawBufferPointer) -> String {
        String(decoding: field.prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" })
    }
}
