import HireFiles

extension Image {
    /// The picture in a PNG, JPEG or WebP file.
    ///
    /// - Throws: `FileError` with the path and the reason.
    public init(
        reading path: String, in fileSystem: any FileSystem = SystemFileSystem(),
        limits: ImageLimits = ImageLimits()
    ) throws {
        self = try ImageDecoder(limits: limits).read(path, in: fileSystem)
    }

    /// The picture as the bytes of a PNG file.
    public func png() throws -> [UInt8] {
        try PNGCodec.encode(self)
    }

    /// Writes the picture as a PNG file, whole or not at all.
    public func write(to path: String, with writer: AtomicWriter = AtomicWriter()) throws {
        try writer.write(try png(), to: path)
    }
}
