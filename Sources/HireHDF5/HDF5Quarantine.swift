import Glibc
import HireFiles
import Synchronization

/// Looks at HDF5 files of unknown origin in a process that may die.
///
/// The HDF5 library crashes and hangs on damaged files, which nothing inside the process can prevent. So another process, with
/// limits on memory and time, reads the whole file first; this one opens it only if that went well. Files that this
/// process wrote, and those that were looked at and have not changed since, are not looked at again.
public enum HDF5Quarantine {
    /// The hidden verb of the program that reads a file and says how that went.
    public static let verb = "read-hdf5"
    /// The environment variable that names the program, where it is neither this one nor beside it.
    public static let variable = "HIRE_PROGRAM"

    /// A file as it was when it was found harmless.
    private struct Identity: Hashable {
        var device: UInt
        var inode: UInt
        var bytes: Int
        var seconds: Int
        var nanoseconds: Int
    }

    private static let harmless = Mutex<Set<Identity>>([])
    /// Memory of the process that reads, beside four times the file's size.
    private static let memory = 4 << 30
    /// Seconds that it may take, beside one for each MiB.
    private static let seconds = 10

    /// Opens a file in place after it was looked at.
    ///
    /// - Parameter isTrusted: opens it at once, for files that someone vouches for, as by a digest.
    /// - Throws: `FileError` of bad data for a file that kills its reader or cannot be read; `FileError` of missing input if
    ///   there is no file, or no program to read it.
    public static func open(_ path: String, isTrusted: Bool = false) throws -> HDF5Reader {
        guard let status = try SystemFileSystem().status(path) else {
            throw FileError(.missingInput, path: path, problem: "there is no such file")
        }
        guard status.kind == .file else {
            throw FileError.badData(path, "this is no HDF5 file: it is no plain file")
        }
        if !isTrusted { try examine(path, byteCount: status.byteCount) }
        return try HDF5Reader(inPlace: path)
    }

    /// Remembers a file that this process wrote.
    static func wrote(_ path: String) {
        if let identity = identity(path) { harmless.withLock { _ = $0.insert(identity) } }
    }

    private static func identity(_ path: String) -> Identity? {
        var raw = stat()
        guard stat(path, &raw) == 0 else { return nil }
        return Identity(
            device: UInt(raw.st_dev), inode: UInt(raw.st_ino), bytes: Int(raw.st_size),
            seconds: raw.st_mtim.tv_sec, nanoseconds: raw.st_mtim.tv_nsec)
    }

    private static func examine(_ path: String, byteCount: Int) throws {
        let before = identity(path)
        if let before, harmless.withLock({ $0.contains(before) }) { return }
        guard let program else {
            throw FileError(
                .missingInput, path: path,
                problem:
                    "the program hire, which looks at files of unknown origin, is not beside this one; set \(variable) to "
                    + "its path, or trust the file")
        }
        let child = try HDF5ReaderProcess(program, path, byteCount: byteCount)
        switch child.wait(seconds: seconds + byteCount >> 20) {
        case .exited(0): break
        case .exited(let status):
            let said = child.errors
            throw FileError.badData(
                path, said.isEmpty ? "the reader ended with status \(status)" : said)
        case .signalled(let signal):
            throw FileError.badData(
                path, "the file is damaged or hostile (reader died: signal \(signal))")
        case .stuck:
            throw FileError.badData(
                path, "the file is damaged or hostile (reader did not come to an end)")
        }
        if let before, before == identity(path) {
            harmless.withLock { _ = $0.insert(before) }
        }
    }

    /// Limits what the process may take; the verb calls it first.
    public static func limit(byteCount: Int) {
        let bytes = UInt(memory + 4 * byteCount)
        var space = rlimit(rlim_cur: bytes, rlim_max: bytes)
        setrlimit(__rlimit_resource_t(9), &space)  // RLIMIT_AS
        let time = UInt(seconds + byteCount >> 20)
        var processor = rlimit(rlim_cur: time, rlim_max: time)
        setrlimit(__rlimit_resource_t(0), &processor)  // RLIMIT_CPU
        var core = rlimit(rlim_cur: 0, rlim_max: 0)
        setrlimit(__rlimit_resource_t(4), &core)  // RLIMIT_CORE
    }

    /// This program if it is hire, else the one of that name in this one's folder or above it.
    private static let program: String? = {
        if let named = getenv(variable) { return String(cString: named) }
        var buffer = [CChar](repeating: 0, count: 4096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count - 1)
        guard count > 0 else { return nil }
        let own = String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if FilePath.name(of: own) == "hire" { return own }
        var folder = FilePath.folder(of: own)
        while true {
            let candidate = FilePath.join(folder, "hire")
            var raw = stat()
            if stat(candidate, &raw) == 0, raw.st_mode & S_IFMT == S_IFREG,
                access(candidate, X_OK) == 0
            {
                return candidate
            }
            let above = FilePath.folder(of: folder)
            if above == folder { return nil }
            folder = above
        }
    }()
}
