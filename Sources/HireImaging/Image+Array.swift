import HireArray

extension Image {
    /// The picture as float32 [1, 3, height, width]: (byte / 255 - mean) / deviation per channel.
    ///
    /// Rounded as Hugging Face's image processors round: the division by 255 in double precision, the rest in single.
    public func array(
        on backend: any Backend, _ normalisation: ImageNormalisation = .unit
    ) throws -> NDArray {
        let plane = width * height
        let values = [Float](unsafeUninitializedCapacity: 3 * plane) { target, count in
            for channel in 0..<3 {
                // 256 answers per channel, so the arithmetic is done once for each.
                let table = (0..<256).map { byte in
                    (Float(Double(byte) * (1 / 255)) - normalisation.mean[channel])
                        / normalisation.deviation[channel]
                }
                for index in 0..<plane {
                    target[channel * plane + index] = table[Int(pixels[3 * index + channel])]
                }
            }
            count = 3 * plane
        }
        return try backend.array(values, [1, 3, height, width])
    }

    /// The picture that an array of shape [3, height, width] or [1, 3, height, width] stands for.
    ///
    /// Undoes the normalisation; values outside the range from 0 to 1 are clipped, NaN becomes 0.
    ///
    /// - Throws: `ImageError` for another shape; `ArrayError.noValues` in a shapes-only run.
    public init(_ array: NDArray, _ normalisation: ImageNormalisation = .unit) throws {
        let shape =
            array.rank == 4 && array.shape[0] == 1 ? Array(array.shape.dropFirst()) : array.shape
        guard shape.count == 3, shape[0] == 3, shape[1] > 0, shape[2] > 0 else {
            throw ImageError(
                operation: "make an image of an array",
                problem:
                    "expected the shape [3, height, width] or [1, 3, height, width], got \(array.shape)"
            )
        }
        let values = try array.floats()
        let plane = shape[1] * shape[2]
        var pixels = [UInt8](repeating: 0, count: 3 * plane)
        for channel in 0..<3 {
            for index in 0..<plane {
                let value =
                    values[channel * plane + index] * normalisation.deviation[channel]
                    + normalisation.mean[channel]
                if !value.isNaN {
                    pixels[3 * index + channel] = UInt8(min(max(value, 0), 1) * 255 + 0.5)
                }
            }
        }
        try self.init(width: shape[2], height: shape[1], pixels: pixels)
    }
}
