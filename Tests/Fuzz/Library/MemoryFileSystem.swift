import Glibc
import HireFiles
import Synchronization

/// A file system whose files are bytes in memory, for tests that read thousands of small files.
package final class MemoryFileSystem: FileSystem {
    private struct State {
        var files: [String: [UInt8]] = [:]
        var opened: [Int32: String] = [:]
        var next: Int32 = 3
    }

    private let state = Mutex(State())

    /// Files by path; folders are there as soon as anything lies in them.
    package init(_ files: [String: [UInt8]] = [:]) {
        state.withLock { $0.files = files }
    }

    /// The bytes of a file, or nil.
    package subscript(path: String) -> [UInt8]? {
        get { state.withLock { $0.files[path] } }
        set { state.withLock { $0.files[path] = newValue } }
    }

    /// Files that were opened and not closed.
    package var openFileCount: Int { state.withLock { $0.opened.count } }

    /// Opens a file.
    package func open(_ path: String, for access: FileAccess) throws -> OpenFile {
        try state.withLock { state in
            let isThere = state.files[path] != nil
            if access == .read, !isThere { throw FileError.system(ENOENT, path, "cannot open") }
            if access == .createNew, isThere {
                throw FileError.system(EEXIST, path, "cannot create", creating: true)
            }
            if !isThere { state.files[path] = [] }
            state.next += 1
            state.opened[state.next] = path
            return OpenFile(descriptor: state.next, path: path)
        }
    }

    /// Reads at an offset.
    package func read(
        _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        try state.withLock { state in
            guard let bytes = state.files[file.path], state.opened[file.descriptor] != nil else {
                throw FileError.system(EBADF, file.path, "cannot read")
            }
            guard offset >= 0 else { throw FileError.system(EINVAL, file.path, "cannot read") }
            let count = max(0, min(buffer.count, bytes.count - offset))
            if count > 0 {
                bytes.withUnsafeBytes {
                    buffer.copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: $0[offset..<(offset + count)]))
                }
            }
            return count
        }
    }

    /// Appends.
    package func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws -> Int {
        state.withLock { $0.files[file.path]?.append(contentsOf: bytes) }
        return bytes.count
    }

    /// Cuts.
    package func truncate(_ file: OpenFile, to byteCount: Int) throws {
        state.withLock { state in
            let count = state.files[file.path]?.count ?? 0
            state.files[file.path]?.removeLast(max(0, count - byteCount))
        }
    }

    /// Does nothing.
    package func synchronise(_ file: OpenFile) throws {}

    /// Closes.
    package func close(_ file: OpenFile) throws {
        state.withLock { $0.opened[file.descriptor] = nil }
    }

    /// Renames.
    package func rename(_ source: String, to target: String) throws {
        state.withLock { $0.files[target] = $0.files.removeValue(forKey: source) }
    }

    /// Removes.
    package func removeFile(_ path: String) throws {
        state.withLock { $0.files[path] = nil }
    }

    /// Does nothing.
    package func removeFolder(_ path: String) throws {}

    /// Does nothing.
    package func makeFolder(_ path: String) throws {}

    /// Does nothing.
    package func synchroniseFolder(_ path: String) throws {}

    /// A file, a folder that something lies in, or nil.
    package func status(_ path: String) throws -> FileStatus? {
        state.withLock { state in
            if let bytes = state.files[path] {
                return FileStatus(kind: .file, byteCount: bytes.count, modified: 0)
            }
            let isFolder = state.files.keys.contains { $0.hasPrefix(path + "/") }
            return isFolder ? FileStatus(kind: .folder, byteCount: 0, modified: 0) : nil
        }
    }

    /// As `status`: there are no links.
    package func linkStatus(_ path: String) throws -> FileStatus? { try status(path) }

    /// The names in a folder.
    package func list(_ folder: String) throws -> [String] {
        state.withLock { state in
            let below = state.files.keys.filter { $0.hasPrefix(folder + "/") }
            let names = below.map { $0.dropFirst(folder.count + 1).prefix { $0 != "/" } }
            return Set(names.map(String.init)).sorted()
        }
    }

    /// Plenty.
    package func freeBytes(_ path: String) throws -> Int { 1 << 40 }
}
