import Glibc
import HireFiles

/// A fresh folder that is removed, with all in it, when the test is done with it.
public final class TemporaryFolder {
    /// The folder's path.
    public let path: String

    /// Makes a folder where the system keeps temporary files.
    public init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let random = String(UInt64.random(in: .min ... .max), radix: 36)
        path = FilePath.join(base, "hire-test-\(random)")
        try SystemFileSystem().makeFolder(path)
    }

    deinit { TemporaryFolder.remove(path) }

    /// The path of a file in it.
    public func file(_ name: String) -> String { FilePath.join(path, name) }

    private static func remove(_ path: String) {
        let disk = SystemFileSystem()
        // A link is removed, and what it leads to stays.
        if (try? disk.linkStatus(path))?.kind == .folder {
            for name in (try? disk.list(path)) ?? [] { remove(FilePath.join(path, name)) }
            try? disk.removeFolder(path)
        } else {
            try? disk.removeFile(path)
        }
    }
}
