import HireFiles
import Synchronization

/// A file system for tests that counts its calls and, at chosen ones, fails, shortens or runs a hook.
///
/// Every protocol requirement counts as one call, from 0. A failing call does nothing to the disk, save that
/// closing always closes, as in POSIX.
public final class FaultyFileSystem: FileSystem {
    /// What happens at a call.
    public enum Fault: Sendable {
        /// The call fails with this error number.
        case error(Int32)
        /// A read or write moves at most this many bytes; other calls are as usual.
        case short(Int)
        /// The hook runs before the call, which then goes on as usual; it may end the process.
        case hook(@Sendable () -> Void)
    }

    private struct State {
        var calls: [String] = []
        var openFiles: Set<Int32> = []
    }

    private let base: any FileSystem
    private let fault: @Sendable (_ index: Int, _ call: String) -> Fault?
    private let state = Mutex(State())

    /// A file system over another, with faults decided per call.
    ///
    /// - Parameter fault: gets the index of the call and its name, which is that of the protocol requirement.
    public init(
        over base: any FileSystem = SystemFileSystem(),
        fault: @escaping @Sendable (_ index: Int, _ call: String) -> Fault? = { _, _ in nil }
    ) {
        self.base = base
        self.fault = fault
    }

    /// One fault at one call.
    public convenience init(
        over base: any FileSystem = SystemFileSystem(), at index: Int, _ fault: Fault
    ) {
        self.init(over: base) { call, _ in call == index ? fault : nil }
    }

    /// The names of the calls made so far.
    public var calls: [String] { state.withLock { $0.calls } }

    /// How many files were opened and not closed.
    public var openFileCount: Int { state.withLock { $0.openFiles.count } }

    /// Counts a call; returns the most bytes it may move, or throws.
    private func enter(_ call: String, _ path: String) throws -> Int {
        let index = state.withLock { state in
            state.calls.append(call)
            return state.calls.count - 1
        }
        switch fault(index, call) {
        case nil: return .max
        case .short(let count): return count
        case .error(let number):
            throw FileError.system(
                number, path, "injected failure of \(call)", creating: call != "read")
        case .hook(let hook):
            hook()
            return .max
        }
    }

    /// As the file system beneath, with the fault decided for this call.
    public func open(_ path: String, for access: FileAccess) throws -> OpenFile {
        _ = try enter("open", path)
        let file = try base.open(path, for: access)
        state.withLock { _ = $0.openFiles.insert(file.descriptor) }
        return file
    }

    /// As the file system beneath, with the fault decided for this call.
    public func read(
        _ file: OpenFile, at offset: Int, into buffer: UnsafeMutableRawBufferPointer
    ) throws -> Int {
        let most = try enter("read", file.path)
        let area = UnsafeMutableRawBufferPointer(rebasing: buffer.prefix(most))
        return try base.read(file, at: offset, into: area)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func map(_ file: OpenFile, byteCount: Int) throws -> MappedFile {
        _ = try enter("map", file.path)
        return try base.map(file, byteCount: byteCount)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func write(_ file: OpenFile, _ bytes: UnsafeRawBufferPointer) throws -> Int {
        let most = try enter("write", file.path)
        return try base.write(file, UnsafeRawBufferPointer(rebasing: bytes.prefix(most)))
    }

    /// As the file system beneath, with the fault decided for this call.
    public func truncate(_ file: OpenFile, to byteCount: Int) throws {
        _ = try enter("truncate", file.path)
        try base.truncate(file, to: byteCount)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func synchronise(_ file: OpenFile) throws {
        _ = try enter("synchronise", file.path)
        try base.synchronise(file)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func close(_ file: OpenFile) throws {
        defer { state.withLock { _ = $0.openFiles.remove(file.descriptor) } }
        do {
            _ = try enter("close", file.path)
        } catch {
            try base.close(file)
            throw error
        }
        try base.close(file)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func rename(_ source: String, to target: String) throws {
        _ = try enter("rename", target)
        try base.rename(source, to: target)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func removeFile(_ path: String) throws {
        _ = try enter("removeFile", path)
        try base.removeFile(path)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func removeFolder(_ path: String) throws {
        _ = try enter("removeFolder", path)
        try base.removeFolder(path)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func makeFolder(_ path: String) throws {
        _ = try enter("makeFolder", path)
        try base.makeFolder(path)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func synchroniseFolder(_ path: String) throws {
        _ = try enter("synchroniseFolder", path)
        try base.synchroniseFolder(path)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func status(_ path: String) throws -> FileStatus? {
        _ = try enter("status", path)
        return try base.status(path)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func linkStatus(_ path: String) throws -> FileStatus? {
        _ = try enter("linkStatus", path)
        return try base.linkStatus(path)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func list(_ folder: String) throws -> [String] {
        _ = try enter("list", folder)
        return try base.list(folder)
    }

    /// As the file system beneath, with the fault decided for this call.
    public func freeBytes(_ path: String) throws -> Int {
        _ = try enter("freeBytes", path)
        return try base.freeBytes(path)
    }
}
