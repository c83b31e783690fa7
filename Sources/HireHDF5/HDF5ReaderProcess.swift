import Glibc
import HireFiles

/// A process that reads a file, and what it says.
final class HDF5ReaderProcess {
    enum Ending {
        case exited(Int32)
        case signalled(Int32)
        case stuck
    }

    private let process: pid_t
    /// Where the other process writes its complaint.
    private let pipe: Int32
    /// What it complained of, without the program's name.
    private(set) var errors = ""

    /// Starts `program read-hdf5 path`.
    init(_ program: String, _ path: String, byteCount: Int) throws {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw FileError.system(errno, path, "cannot start a reader")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, ends[1], 2)
        let arguments = [program, HDF5Quarantine.verb, "--", path]
        // The library's locks and the runtime's reports of crashes are of no use here.
        let quiet = [
            "SWIFT_BACKTRACE=enable=no", "PATH=/usr/bin:/bin", "OPENBLAS_NUM_THREADS=1", "LC_ALL=C",
        ]
        var list: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
        var environment: [UnsafeMutablePointer<CChar>?] = quiet.map { strdup($0) } + [nil]
        if let folders = getenv("LD_LIBRARY_PATH") {
            environment.insert(strdup("LD_LIBRARY_PATH=" + String(cString: folders)), at: 0)
        }
        defer { for text in list + environment { free(text) } }
        var started = pid_t()
        let code = posix_spawn(&started, program, &actions, nil, &list, &environment)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw FileError.system(code, program, "cannot start the reader of \(path)")
        }
        process = started
        pipe = ends[0]
    }

    deinit { close(pipe) }

    /// Waits until it ends; kills it when it takes longer than twice the processor time that it has.
    func wait(seconds: Int) -> Ending {
        let end = ContinuousClock.now + .seconds(2 * seconds)
        var said: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        // The pipe closes when the process ends.
        while true {
            let left = (end - ContinuousClock.now).components.seconds
            var waiting = pollfd(fd: pipe, events: Int16(POLLIN), revents: 0)
            let ready = poll(&waiting, 1, Int32(clamping: max(0, left) * 1000 + 1))
            if ready < 0, errno == EINTR { continue }
            if ready <= 0 {
                kill(process, SIGKILL)
                _ = status()
                return .stuck
            }
            let count = read(pipe, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            if said.count < 4096 { said += buffer[..<count] }
        }
        errors = Self.sentence(said)
        let code = status()
        if code & 0x7F == SIGXCPU || code & 0x7F == SIGKILL { return .stuck }
        return code & 0x7F == 0 ? .exited(code >> 8 & 0xFF) : .signalled(code & 0x7F)
    }

    private func status() -> Int32 {
        var code: Int32 = 0
        while waitpid(process, &code, 0) < 0, errno == EINTR {}
        return code
    }

    /// The first line of a complaint, without its ending.
    private static func sentence(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let line = text.split(separator: "\n").first else { return "" }
        return String(line.hasSuffix(".") ? line.dropLast() : line)
    }
}
