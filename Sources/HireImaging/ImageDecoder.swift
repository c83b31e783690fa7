import HireFiles

/// Reads PNG, JPEG and WebP pictures, with the same bytes as Pillow's `Image.open(...).convert("RGB")`.
public struct ImageDecoder: Sendable {
    /// What is refused.
    public var limits: ImageLimits
    /// Whether a picture is turned the way its EXIF orientation says, as `ImageOps.exif_transpose`; opening alone does not.
    public var appliesOrientation: Bool
    /// Whether a JPEG that ends too early is accepted with its missing part gray.
    public var allowsTruncated: Bool

    /// A decoder; the defaults behave as Pillow does.
    public init(
        limits: ImageLimits = ImageLimits(), appliesOrientation: Bool = false,
        allowsTruncated: Bool = false
    ) {
        self.limits = limits
        self.appliesOrientation = appliesOrientation
        self.allowsTruncated = allowsTruncated
    }

    /// The picture in a file.
    ///
    /// - Throws: `FileError` with the path and the reason: missing, too large, unknown format, damaged.
    public func read(_ path: String, in fileSystem: any FileSystem = SystemFileSystem()) throws
        -> Image
    {
        try decode(fileSystem.readAll(path, limit: limits.fileBytes), source: path)
    }

    /// The picture in bytes that are at hand; `source` names them in errors.
    public func decode(_ bytes: [UInt8], source: String) throws -> Image {
        if bytes.count > limits.fileBytes {
            throw FileError.badData(
                source, "the image file is too large",
                expected: "at most \(limits.fileBytes) bytes",
                got: "\(bytes.count)")
        }
        if bytes.starts(with: PNGCodec.signature) {
            return try PNGCodec.decode(bytes, source: source, decoder: self)
        }
        if bytes.starts(with: [0xFF, 0xD8]) {
            return try JPEGCodec.decode(bytes, source: source, decoder: self)
        }
        if WebPCodec.recognises(bytes) {
            return try WebPCodec.decode(bytes, source: source, decoder: self)
        }
        throw FileError.badData(
            source, at: 0, "this is no image of a known format", expected: "PNG, JPEG or WebP",
            got: ImageDecoder.guess(bytes))
    }

    /// Throws if a picture of this size is over the limits; called before memory is taken.
    func checkSize(_ width: Int, _ height: Int, source: String) throws {
        guard width > 0, height > 0 else {
            throw FileError.badData(source, "the image has no pixels", got: "\(width)x\(height)")
        }
        guard width <= limits.side, height <= limits.side else {
            throw FileError.badData(
                source, "the image is too large",
                expected: "sides of at most \(limits.side) pixels",
                got: "\(width)x\(height)")
        }
        guard width * height <= limits.pixels else {
            throw FileError.badData(
                source, "the image is too large", expected: "at most \(limits.pixels) pixels",
                got: "\(width)x\(height) = \(width * height)")
        }
    }

    private static func guess(_ bytes: [UInt8]) -> String {
        if bytes.isEmpty { return "an empty file" }
        if bytes.starts(with: Array("GIF8".utf8)) { return "a GIF" }
        if bytes.starts(with: Array("BM".utf8)) { return "a BMP" }
        if bytes.starts(with: Array("II*\0".utf8)) || bytes.starts(with: Array("MM\0*".utf8)) {
            return "a TIFF"
        }
        let first = bytes.prefix(4).map { String($0, radix: 16) }
        return "a file that begins with the bytes \(first.joined(separator: " "))"
    }
}
