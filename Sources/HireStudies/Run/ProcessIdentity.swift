import Glibc
import HireFiles

/// Which process of which machine does something, told apart from an earlier process that had the same number.
public struct ProcessIdentity: Sendable, Equatable {
    /// The machine's name.
    public let host: String
    /// The process's number.
    public let process: Int
    /// When the process began, as the kernel counts, and which running kernel counts it.
    public let start: String

    /// An identity from its parts.
    public init(host: String, process: Int, start: String) {
        self.host = host
        self.process = process
        self.start = start
    }

    /// This process.
    public static let current = ProcessIdentity(
        host: machineName(), process: Int(getpid()), start: start(of: Int(getpid())) ?? "unknown")

    /// Whether the process is known to be gone: only a process of this machine can be known.
    public var isGone: Bool {
        guard isLocal else { return false }
        return switch ProcessIdentity.state(of: process) {
        case .absent: true
        case .began(let found): found != start
        case .unknown: false
        }
    }

    /// Whether the process belongs to the running kernel of this machine, so that what becomes of it can be seen.
    var isLocal: Bool {
        host == ProcessIdentity.current.host && start.hasSuffix(ProcessIdentity.kernel)
    }

    /// What the system tells of a process.
    enum State: Equatable {
        /// It is there, and began then.
        case began(String)
        /// There is none, or one that has ended and was not yet collected.
        case absent
        /// It cannot be looked at: too many open files, a system that hides processes of others.
        case unknown
    }

    private static func machineName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0 else { return "unknown" }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Clock ticks between the kernel's start and the process's, and the kernel; nil if they cannot be had.
    private static func start(of process: Int) -> String? {
        if case .began(let start) = state(of: process) { return start }
        return nil
    }

    /// What is known of a process.
    ///
    /// - Parameter processes: where the system describes them; another folder only in tests.
    static func state(of process: Int, in processes: String = "/proc") -> State {
        guard process > 0, let number = pid_t(exactly: process) else { return .unknown }
        let text: String
        do {
            text = try SystemFileSystem().beginning("\(processes)/\(process)/stat")
        } catch {
            // A system may hide processes of others, which are then not there to be read.
            guard (error as? FileError)?.errorNumber == ENOENT else { return .unknown }
            return kill(number, 0) != 0 && errno == ESRCH ? .absent : .unknown
        }
        // The name in parentheses may hold anything, also spaces and parentheses.
        guard let name = text.lastIndex(of: ")") else { return .unknown }
        let fields = text[name...].split(separator: " ")
        guard fields.count > 20 else { return .unknown }
        if fields[1] == "Z" || fields[1] == "X" { return .absent }
        return .began("\(fields[20])\(kernel)")
    }

    /// The running kernel and the space of process numbers: containers can share a machine's name and not its processes.
    private static let kernel: String = {
        let boot =
            (try? SystemFileSystem().beginning("/proc/sys/kernel/random/boot_id"))?.prefix(8)
            ?? "unknown"
        var target = [CChar](repeating: 0, count: 64)
        let count = max(readlink("/proc/self/ns/pid", &target, target.count), 0)
        let digits = target.prefix(count).map { UInt8(bitPattern: $0) }
            .filter { (0x30...0x39).contains($0) }
        return "@\(boot).\(String(decoding: digits, as: UTF8.self))"
    }()
}
