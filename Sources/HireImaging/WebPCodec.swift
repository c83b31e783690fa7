import CWebP
import HireFiles

/// WebP through libwebp: lossy, lossless, with alpha, and of animations the first frame, as Pillow opens them.
enum WebPCodec {
    /// Whether bytes begin as a WebP file.
    static func recognises(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: Array("RIFF".utf8))
            && bytes.dropFirst(8).starts(with: Array("WEBP".utf8))
    }

    static func decode(_ bytes: [UInt8], source: String, decoder: ImageDecoder) throws -> Image {
        try requireWhole(bytes, source)
        var features = WebPBitstreamFeatures()
        let status = WebPGetFeatures(bytes, bytes.count, &features)
        guard status == VP8_STATUS_OK else {
            throw FileError.badData(
                source, "the WebP has no usable header", got: reason(status))
        }
        let (width, height) = (Int(features.width), Int(features.height))
        try decoder.checkSize(width, height, source: source)
        let image =
            features.has_animation != 0
            ? try firstFrame(bytes, width, height, source)
            : try still(bytes, width, height, source)
        if !decoder.appliesOrientation { return image }
        return image.oriented(EXIFOrientation.inWebP(bytes))
    }

    /// A file is as long as its first chunk says; the decoder itself would be content with less.
    private static func requireWhole(_ bytes: [UInt8], _ source: String) throws {
        guard bytes.count >= 20 else {
            throw FileError.badData(
                source, at: bytes.count, "the WebP is truncated", expected: "at least 20 bytes")
        }
        let stated = bytes[4..<8].reversed().reduce(0) { $0 << 8 | Int($1) } + 8
        guard stated <= bytes.count else {
            throw FileError.badData(
                source, at: bytes.count, "the WebP is truncated", expected: "\(stated) bytes",
                got: "\(bytes.count)")
        }
    }

    private static func still(
        _ bytes: [UInt8], _ width: Int, _ height: Int, _ source: String
    ) throws -> Image {
        var options = WebPDecoderConfig()
        guard WebPInitDecoderConfig(&options) != 0 else {
            throw FileError(.inputOutput, path: source, problem: "the WebP library does not start")
        }
        let count = width * height * 3
        let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
            options.output.colorspace = MODE_RGB
            options.output.is_external_memory = 1
            options.output.u.RGBA.rgba = buffer.baseAddress
            options.output.u.RGBA.stride = Int32(width * 3)
            options.output.u.RGBA.size = count
            let status = WebPDecode(bytes, bytes.count, &options)
            guard status == VP8_STATUS_OK else {
                throw FileError.badData(source, "the WebP is damaged", got: reason(status))
            }
            initialised = count
        }
        return Image(trustedWidth: width, height: height, pixels: pixels)
    }

    /// The canvas after the first frame; what the frame does not cover is black.
    private static func firstFrame(
        _ bytes: [UInt8], _ width: Int, _ height: Int, _ source: String
    ) throws -> Image {
        try bytes.withUnsafeBufferPointer { buffer in
            var data = WebPData(bytes: buffer.baseAddress, size: buffer.count)
            var options = WebPAnimDecoderOptions()
            guard WebPAnimDecoderOptionsInit(&options) != 0 else {
                throw FileError(
                    .inputOutput, path: source, problem: "the WebP library does not start")
            }
            options.color_mode = MODE_RGBA
            options.use_threads = 0
            guard let animation = WebPAnimDecoderNew(&data, &options) else {
                throw FileError.badData(
                    source, "the WebP is damaged", got: "an animation that does not open")
            }
            defer { WebPAnimDecoderDelete(animation) }
            var canvas: UnsafeMutablePointer<UInt8>?
            var time: Int32 = 0
            var facts = WebPAnimInfo()
            guard WebPAnimDecoderGetInfo(animation, &facts) != 0,
                facts.canvas_width == width, facts.canvas_height == height,
                WebPAnimDecoderGetNext(animation, &canvas, &time) != 0, let canvas
            else {
                throw FileError.badData(
                    source, "the WebP is damaged", got: "an animation without a first frame")
            }
            let count = width * height
            let pixels = [UInt8](unsafeUninitializedCapacity: count * 3) { out, initialised in
                for index in 0..<count {
                    for channel in 0..<3 { out[3 * index + channel] = canvas[4 * index + channel] }
                }
                initialised = count * 3
            }
            return Image(trustedWidth: width, height: height, pixels: pixels)
        }
    }

    private static func reason(_ status: VP8StatusCode) -> String {
        switch status {
        case VP8_STATUS_OUT_OF_MEMORY: "there is not enough memory"
        case VP8_STATUS_BITSTREAM_ERROR: "the stream of bits is wrong"
        case VP8_STATUS_UNSUPPORTED_FEATURE: "a feature that is not supported"
        case VP8_STATUS_SUSPENDED, VP8_STATUS_NOT_ENOUGH_DATA: "the file ends too early"
        default: "libwebp status \(status.rawValue)"
        }
    }
}
