/// A shard on the disk.
public struct WrittenShard: Sendable, Equatable {
    /// Where it is.
    public let path: String
    /// Its size.
    public let byteCount: Int
    /// SHA-256 of its bytes, in hexadecimal.
    public let sha256: String
}
