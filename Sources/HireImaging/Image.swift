/// A picture: rows of red, green and blue bytes, top row first.
public struct Image: Sendable, Hashable {
    /// Pixels per row, at least 1.
    public let width: Int
    /// Rows, at least 1.
    public let height: Int
    /// `width * height * 3` bytes, row-major, three per pixel.
    public internal(set) var pixels: [UInt8]

    /// A picture of one colour.
    ///
    /// - Throws: `ImageError` if a side is less than 1.
    public init(width: Int, height: Int, fill: Color = .black) throws {
        guard width > 0, height > 0 else {
            throw ImageError(
                operation: "make an image",
                problem: "expected sides of at least 1 pixel, got \(width)x\(height)")
        }
        self.init(solidWidth: width, height: height, fill)
    }

    /// A picture from its bytes.
    ///
    /// - Throws: `ImageError` if the number of bytes does not fit the size.
    public init(width: Int, height: Int, pixels: [UInt8]) throws {
        guard width > 0, height > 0, pixels.count == width * height * 3 else {
            throw ImageError(
                operation: "make an image",
                problem:
                    "expected \(width * height * 3) bytes for \(width)x\(height) pixels, got \(pixels.count)"
            )
        }
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// For callers inside this module that made sure of the size.
    init(trustedWidth width: Int, height: Int, pixels: [UInt8]) {
        precondition(pixels.count == width * height * 3, "An image's bytes do not fit its size.")
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    init(solidWidth width: Int, height: Int, _ fill: Color) {
        self.width = width
        self.height = height
        if fill.red == fill.green, fill.green == fill.blue {
            pixels = [UInt8](repeating: fill.red, count: width * height * 3)
        } else {
            pixels = [UInt8](unsafeUninitializedCapacity: width * height * 3) { buffer, count in
                for index in 0..<(width * height) {
                    buffer[3 * index] = fill.red
                    buffer[3 * index + 1] = fill.green
                    buffer[3 * index + 2] = fill.blue
                }
                count = width * height * 3
            }
        }
    }

    /// The colour of a pixel; x and y count from the top left corner and must lie inside.
    public subscript(x: Int, y: Int) -> Color {
        get {
            let index = place(x, y)
            return Color(pixels[index], pixels[index + 1], pixels[index + 2])
        }
        set {
            let index = place(x, y)
            pixels[index] = newValue.red
            pixels[index + 1] = newValue.green
            pixels[index + 2] = newValue.blue
        }
    }

    private func place(_ x: Int, _ y: Int) -> Int {
        precondition(
            x >= 0 && y >= 0 && x < width && y < height,
            "The pixel (\(x), \(y)) lies outside an image of \(width)x\(height).")
        return (y * width + x) * 3
    }
}
