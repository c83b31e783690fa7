import Glibc
import HireFiles

/// A page of memory that a child shares with its parent: which input it is at and how many it has done.
final class StatusPage {
    private let words: UnsafeMutablePointer<Int>
    private static let byteCount = 4096

    /// The input that is being run.
    var index: Int {
        get { words[0] }
        set { words[0] = newValue }
    }
    /// Inputs that gave a value.
    var accepted: Int {
        get { words[1] }
        set { words[1] = newValue }
    }
    /// Inputs that were refused.
    var refused: Int {
        get { words[2] }
        set { words[2] = newValue }
    }
    /// The most bytes that one input made the process grow.
    var growth: Int {
        get { words[3] }
        set { words[3] = newValue }
    }
    /// What a finding says.
    var text: String {
        get { String(cString: UnsafeRawPointer(words + 8).assumingMemoryBound(to: CChar.self)) }
        set {
            let bytes = UnsafeMutableRawPointer(words + 8).assumingMemoryBound(to: UInt8.self)
            for (place, byte) in (Array(newValue.utf8.prefix(1000)) + [0]).enumerated() {
                bytes[place] = byte
            }
        }
    }

    /// Maps the file of this name, which is made if it is not there.
    init(_ path: String) throws {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        guard descriptor >= 0, ftruncate(descriptor, off_t(Self.byteCount)) == 0,
            let start = mmap(
                nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0),
            start != MAP_FAILED
        else { throw FileError.system(errno, path, "cannot share a page") }
        words = start.assumingMemoryBound(to: Int.self)
    }

    deinit { munmap(words, Self.byteCount) }
}
