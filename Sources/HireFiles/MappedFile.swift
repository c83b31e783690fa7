import Glibc

/// A file shown as memory, for as long as this object lives; closing or removing the file does not end it.
///
/// Pages are read when they are first touched, and given back by the system as it likes. The risk, for which reading is the
/// default everywhere: where a page cannot be read any more (the file was cut short meanwhile, a network disk failed), the
/// touch ends the process with the signal SIGBUS, which no code can turn into an error. Map only files on a local disk
/// that nobody writes to.
public final class MappedFile: @unchecked Sendable {
    /// The first byte.
    public let start: UnsafeMutableRawPointer
    /// The number of bytes.
    public let byteCount: Int

    /// Takes over what `mmap` gave.
    public init(start: UnsafeMutableRawPointer, byteCount: Int) {
        self.start = start
        self.byteCount = byteCount
    }

    deinit { munmap(start, byteCount) }
}
