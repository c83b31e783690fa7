import CDigestShims
import Glibc

/// The disks of this machine, by plain POSIX calls.
public struct SystemFileSystem: FileSystem {
    /// The machine's own file system.
    public init() {}

    /// The system would read a path up to its first zero byte, and so work on another file than the one that was named.
    private static func requireWhole(_ path: String) throws {
        guard path.utf8.contains(0) else { return }
        throw FileError(
            .cannotCreate, path: path.replacing("\0", with: "\\0"),
            problem: "a path cannot hold a zero byte")
    }

    /// `open(2)`; the descriptor is not inherited by child processes.
    public func open(_ path: String, for access: FileAccess) throws -> OpenFile {
        try Self.requireWhole(path)
        let flags: Int32
        switch access {
        case .read: flags = O_RDONLY
        case .createNew: flags = O_WRONLY | O_CREAT | O_EXCL
        case .append: flags = O_WRONLY | O_CREAT | O_APPEND
        }
        let descriptor = Glibc.open(path, flags | O_CLOEXEC, 0o666)
        if descriptor < 0 {
            let verb = access == .read ? "cannot open the file" : "cannot create the file"
            throw FileError.system(errno, path, verb, creating: access != .read)
        }
        return OpenFile(descriptor: descriptor, path: path)
    }

    /// `pread(2)`.
    public func read(
        _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        if buffer.isEmpty { return 0 }
        let count = pread(file.descriptor, buffer.baseAddress, buffer.count, off_t(offset))
        if count < 0 { throw FileError.system(errno, file.path, "cannot read") }
        return count
    }

    /// `mmap(2)`, private: writes would go to copies of pages and never to the file.
    public func map(_ file: OpenFile, byteCount: Int) throws -> MappedFile {
        let start = mmap(
            nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, file.descriptor, 0)
        guard let start, start != MAP_FAILED else {
            throw FileError.system(errno, file.path, "cannot map the file into memory")
        }
        return MappedFile(start: start, byteCount: byteCount)
    }

    /// `write(2)`.
    public func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws -> Int {
        if bytes.isEmpty { return 0 }
        let count = Glibc.write(file.descriptor, bytes.baseAddress, bytes.count)
        if count < 0 { throw FileError.system(errno, file.path, "cannot write", creating: true) }
        return count
    }

    /// `sync_file_range(2)`; what it cannot begin, `fsync` does.
    public func beginSynchronising(_ file: OpenFile, at offset: Int, byteCount: Int) {
        hire_begin_writeback(file.descriptor, Int64(offset), Int64(byteCount))
    }

    /// `ftruncate(2)`.
    public func truncate(_ file: OpenFile, to byteCount: Int) throws {
        if ftruncate(file.descriptor, off_t(byteCount)) != 0 {
            throw FileError.system(errno, file.path, "cannot cut to \(byteCount) bytes")
        }
    }

    /// `fsync(2)`.
    public func synchronise(_ file: OpenFile) throws {
        if fsync(file.descriptor) != 0 {
            throw FileError.system(errno, file.path, "cannot put the contents on the disk")
        }
    }

    /// `close(2)`.
    public func close(_ file: OpenFile) throws {
        if Glibc.close(file.descriptor) != 0, errno != EINTR {
            throw FileError.system(errno, file.path, "cannot close")
        }
    }

    /// `rename(2)`.
    public func rename(_ source: String, to target: String) throws {
        try Self.requireWhole(target)
        if Glibc.rename(source, target) != 0 {
            throw FileError.system(errno, target, "cannot rename \(source) to this", creating: true)
        }
    }

    /// `unlink(2)`.
    public func removeFile(_ path: String) throws {
        try Self.requireWhole(path)
        if unlink(path) != 0 { throw FileError.system(errno, path, "cannot remove the file") }
    }

    /// `rmdir(2)`.
    public func removeFolder(_ path: String) throws {
        try Self.requireWhole(path)
        if rmdir(path) != 0 { throw FileError.system(errno, path, "cannot remove the folder") }
    }

    /// `mkdir(2)`.
    public func makeFolder(_ path: String) throws {
        try Self.requireWhole(path)
        if mkdir(path, 0o777) != 0 {
            throw FileError.system(errno, path, "cannot make the folder", creating: true)
        }
    }

    /// `fsync(2)` of a folder.
    public func synchroniseFolder(_ path: String) throws {
        try Self.requireWhole(path)
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if descriptor < 0 { throw FileError.system(errno, path, "cannot open the folder") }
        defer { _ = Glibc.close(descriptor) }
        // Some file systems cannot synchronise folders and say EINVAL; there is nothing more to be had there.
        if fsync(descriptor) != 0, errno != EINVAL {
            throw FileError.system(errno, path, "cannot put the folder on the disk")
        }
    }

    /// `stat(2)`.
    public func status(_ path: String) throws -> FileStatus? {
        try Self.status(path) { stat($0, $1) }
    }

    /// `lstat(2)`.
    public func linkStatus(_ path: String) throws -> FileStatus? {
        try Self.status(path) { lstat($0, $1) }
    }

    private static func status(
        _ path: String, _ call: (UnsafePointer<CChar>, UnsafeMutablePointer<stat>) -> Int32
    ) throws -> FileStatus? {
        try requireWhole(path)
        var raw = stat()
        if path.withCString({ call($0, &raw) }) != 0 {
            if errno == ENOENT || errno == ENOTDIR { return nil }
            throw FileError.system(errno, path, "cannot look at")
        }
        let kind: FileStatus.Kind
        switch raw.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        case S_IFLNK: kind = .link
        default: kind = .other
        }
        return FileStatus(
            kind: kind, byteCount: Int(raw.st_size),
            modified: Double(raw.st_mtim.tv_sec) + Double(raw.st_mtim.tv_nsec) * 1e-9)
    }

    /// `readdir(3)`, sorted.
    public func list(_ folder: String) throws -> [String] {
        try Self.requireWhole(folder)
        guard let stream = opendir(folder) else {
            throw FileError.system(errno, folder, "cannot list the folder")
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { field in
                field.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw FileError.system(errno, folder, "cannot list the folder") }
        return names.sorted()
    }

    /// `statvfs(2)`: what an ordinary user may still write.
    public func freeBytes(_ path: String) throws -> Int {
        try Self.requireWhole(path)
        var raw = statvfs()
        if statvfs(path, &raw) != 0 {
            throw FileError.system(errno, path, "cannot ask for the free space")
        }
        return Int(
            clamping: UInt64(raw.f_bavail).multipliedReportingOverflow(by: UInt64(raw.f_frsize))
                .partialValue)
    }
}
