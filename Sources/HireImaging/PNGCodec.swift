import CPNGShims
import Glibc
import HireFiles

/// PNG through libpng.
enum PNGCodec {
    static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    static func decode(_ bytes: [UInt8], source: String, decoder: ImageDecoder) throws -> Image {
        // The size stands at a fixed place, so a bomb is refused without asking the library.
        guard bytes.count >= 33, Array(bytes[12..<16]) == Array("IHDR".utf8) else {
            throw FileError.badData(source, at: 8, "the PNG has no header")
        }
        let width = Int(bigEndian(bytes, 16))
        let height = Int(bigEndian(bytes, 20))
        try decoder.checkSize(width, height, source: source)
        let pixels = try [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
            try withMessage { message in
                let status = hire_png_decode(
                    bytes, bytes.count, buffer.baseAddress, UInt32(width), UInt32(height),
                    message.baseAddress, message.count)
                return status == 0
            } error: {
                FileError.badData(source, "the PNG is damaged", got: $0)
            }
            count = width * height * 3
        }
        let image = Image(trustedWidth: width, height: height, pixels: pixels)
        return decoder.appliesOrientation ? image.oriented(EXIFOrientation.inPNG(bytes)) : image
    }

    static func encode(_ image: Image) throws -> [UInt8] {
        var count = 0
        var memory: UnsafeMutablePointer<UInt8>?
        try withMessage { message in
            memory = hire_png_encode(
                image.pixels, UInt32(image.width), UInt32(image.height), &count,
                message.baseAddress,
                message.count)
            return memory != nil
        } error: {
            ImageError(operation: "encode a PNG", problem: $0)
        }
        defer { free(memory) }
        return Array(UnsafeBufferPointer(start: memory, count: count))
    }

    private static func withMessage(
        _ body: (UnsafeMutableBufferPointer<CChar>) -> Bool, error: (String) -> any Error
    ) throws {
        try withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { message in
            message.initialize(repeating: 0)
            if !body(message) {
                throw error(message.baseAddress.map { String(cString: $0) } ?? "unknown")
            }
        }
    }

    private static func bigEndian(_ bytes: [UInt8], _ start: Int) -> UInt32 {
        bytes[start..<(start + 4)].reduce(0) { $0 << 8 | UInt32($1) }
    }
}
