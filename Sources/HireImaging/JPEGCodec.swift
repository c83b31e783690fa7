import CTurboJPEG
import HireFiles

/// JPEG through libjpeg-turbo.
enum JPEGCodec {
    static func decode(_ bytes: [UInt8], source: String, decoder: ImageDecoder) throws -> Image {
        guard let handle = tjInitDecompress() else {
            throw FileError(.inputOutput, path: source, problem: "the JPEG library does not start")
        }
        defer { tjDestroy(handle) }
        var (width, height, sampling, space): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let status = tjDecompressHeader3(
            handle, bytes, UInt(bytes.count), &width, &height, &sampling, &space)
        if status != 0 {
            throw FileError.badData(source, "the JPEG has no usable header", got: message(handle))
        }
        try decoder.checkSize(Int(width), Int(height), source: source)
        let isCMYK = space == TJCS_CMYK.rawValue || space == TJCS_YCCK.rawValue
        let format = isCMYK ? TJPF_CMYK : TJPF_RGB
        let count = Int(width) * Int(height) * (isCMYK ? 4 : 3)
        var pixels = [UInt8](repeating: 128, count: count)
        let decoded = tjDecompress2(
            handle, bytes, UInt(bytes.count), &pixels, width, 0, height, Int32(format.rawValue),
            TJFLAG_LIMITSCANS)
        if decoded != 0 { try judge(handle, source, decoder) }
        var image = Image(
            trustedWidth: Int(width), height: Int(height),
            pixels: isCMYK ? rgb(fromInverted: pixels) : pixels)
        if decoder.appliesOrientation { image = image.oriented(EXIFOrientation.inJPEG(bytes)) }
        return image
    }

    /// Warnings are errors, but for stray bytes between segments, which hurt nothing and which cameras write.
    private static func judge(_ handle: tjhandle, _ source: String, _ decoder: ImageDecoder) throws
    {
        let text = message(handle)
        if tjGetErrorCode(handle) == TJERR_WARNING.rawValue {
            if text.contains("extraneous bytes") { return }
            let truncated = text.contains("remature end")
            if truncated, decoder.allowsTruncated { return }
            if truncated {
                throw FileError.badData(source, "the JPEG is truncated", got: text)
            }
        }
        throw FileError.badData(source, "the JPEG is damaged", got: text)
    }

    private static func message(_ handle: tjhandle) -> String {
        tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown"
    }

    /// Files hold the complement of ink (Adobe's habit); the arithmetic is Pillow's.
    private static func rgb(fromInverted ink: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(ink.count / 4 * 3)
        for start in stride(from: 0, to: ink.count, by: 4) {
            let light = Int(ink[start + 3])
            for channel in 0..<3 {
                let product = (255 - Int(ink[start + channel])) * light + 128
                result.append(UInt8(clamping: light - ((product >> 8) + product) >> 8))
            }
        }
        return result
    }
}
