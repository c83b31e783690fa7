/// How large a picture may claim to be before it is refused, before any memory is taken for it.
public struct ImageLimits: Sendable, Equatable {
    /// Pixels in all.
    public var pixels: Int
    /// Pixels along one side.
    public var side: Int
    /// Bytes of the file.
    public var fileBytes: Int

    /// Limits; the defaults admit photographs and refuse bombs.
    public init(pixels: Int = 64_000_000, side: Int = 32_768, fileBytes: Int = 256 << 20) {
        self.pixels = pixels
        self.side = side
        self.fileBytes = fileBytes
    }
}
