/// What is known about a file or folder without opening it.
public struct FileStatus: Sendable, Equatable {
    /// What stands at a path.
    public enum Kind: Sendable {
        case file, folder, other
        /// A symbolic link; only `FileSystem.linkStatus` tells, everything else follows it.
        case link
    }

    /// File, folder, symbolic link or something else (a pipe, a device).
    public var kind: Kind
    /// The size in bytes.
    public var byteCount: Int
    /// Seconds since 1970 at which the contents last changed.
    public var modified: Double

    /// A status from its parts.
    public init(kind: Kind, byteCount: Int, modified: Double) {
        self.kind = kind
        self.byteCount = byteCount
        self.modified = modified
    }
}
