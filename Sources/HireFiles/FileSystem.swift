import Glibc

/// The seam through which all disk access of the toolkit goes.
///
/// Each requirement is one system call, so that a test double can fail, shorten or interrupt any single one of
/// them. The loops that make calls dependable (interrupted calls, short reads and writes) are extensions over
/// these, and are therefore tested by the double too. Every method throws `FileError`.
public protocol FileSystem: Sendable {
    /// Opens a file.
    func open(_ path: String, for access: FileAccess) throws -> OpenFile
    /// Reads at most `buffer.count` bytes at an offset; 0 means the end of the file.
    func read(_ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer) throws
        -> Int
    /// Shows the first bytes of a file (opened for reading) as memory; see `MappedFile` for the risk.
    func map(_ file: OpenFile, byteCount: Int) throws -> MappedFile
    /// Writes at most `bytes.count` bytes where the last write ended; returns how many were taken.
    func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws -> Int
    /// Asks the disk to begin with bytes that were written, without waiting: a hint that cannot fail and promises nothing.
    func beginSynchronising(_ file: OpenFile, at offset: Int, byteCount: Int)
    /// Cuts a file (opened for writing) to a size in bytes.
    func truncate(_ file: OpenFile, to byteCount: Int) throws
    /// Returns once the file's contents are on the disk.
    func synchronise(_ file: OpenFile) throws
    /// Closes the file; the descriptor is gone even if this throws.
    func close(_ file: OpenFile) throws
    /// Gives a file a new name in one step, replacing what had that name.
    func rename(_ source: String, to target: String) throws
    /// Removes a file.
    func removeFile(_ path: String) throws
    /// Removes an empty folder.
    func removeFolder(_ path: String) throws
    /// Makes one folder; the folder that will hold it must exist.
    func makeFolder(_ path: String) throws
    /// Returns once the names in a folder are on the disk.
    func synchroniseFolder(_ path: String) throws
    /// What stands at a path, or nil if nothing does; symbolic links are followed.
    func status(_ path: String) throws -> FileStatus?
    /// The same without following a symbolic link at the end of the path.
    func linkStatus(_ path: String) throws -> FileStatus?
    /// The names in a folder, sorted, without `.` and `..`.
    func list(_ folder: String) throws -> [String]
    /// Bytes that may still be written to the disk that holds a path.
    func freeBytes(_ path: String) throws -> Int
}

extension FileSystem {
    /// Refuses: only real disks can map files.
    public func map(_ file: OpenFile, byteCount: Int) throws -> MappedFile {
        throw FileError.system(ENODEV, file.path, "cannot map the file into memory")
    }

    /// Does nothing: `synchronise` alone puts bytes on the disk.
    public func beginSynchronising(_ file: OpenFile, at offset: Int, byteCount: Int) {}
}
