/// What an item is expected to take, for `--dry-run`; nil is unknown.
public struct ItemEstimate: Sendable, Equatable {
    /// Wall time in seconds.
    public var seconds: Double?
    /// Bytes on the disk.
    public var bytes: Int?

    /// An estimate from its parts.
    public init(seconds: Double? = nil, bytes: Int? = nil) {
        self.seconds = seconds
        self.bytes = bytes
    }
}
