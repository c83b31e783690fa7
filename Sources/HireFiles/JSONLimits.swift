/// How much a JSON text may ask for before it is refused.
public struct JSONLimits: Sendable {
    /// Arrays and objects within each other.
    public var depth: Int
    /// Bytes of text.
    public var byteCount: Int
    /// Values in all, which bounds the memory taken.
    public var values: Int

    /// Limits that fit configurations, tokenizers and data sets.
    public init(depth: Int = 64, byteCount: Int = 512 << 20, values: Int = 50_000_000) {
        self.depth = depth
        self.byteCount = byteCount
        self.values = values
    }
}
