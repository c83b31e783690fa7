extension Image {
    /// The most pixels that a resized picture may have.
    private static let mostPixels = 256_000_000

    /// The picture at another size, with the very bytes that Pillow's `Image.resize` gives.
    ///
    /// Rows are resampled first and rounded to bytes, then columns. Shrinking averages over all source pixels.
    ///
    /// - Throws: `ImageError` if a side is less than 1, or the result is larger than 256 megapixels.
    public func resized(
        width newWidth: Int, height newHeight: Int, _ filter: ResizeFilter = .bicubic
    )
        throws -> Image
    {
        guard newWidth > 0, newHeight > 0 else {
            throw ImageError(
                operation: "resize an image",
                problem: "expected sides of at least 1 pixel, got \(newWidth)x\(newHeight)")
        }
        if newWidth == width, newHeight == height { return self }
        // Rows come first, so there is a picture of the new width and the old height in between.
        guard newWidth <= Self.mostPixels / max(height, newHeight) else {
            throw ImageError(
                operation: "resize an image",
                problem:
                    "expected at most \(Self.mostPixels) pixels, also before the height changes, got \(newWidth)x\(newHeight) "
                    + "from \(width)x\(height)")
        }
        if filter == .nearest { return nearest(newWidth, newHeight) }
        var image = self
        if newWidth != width { image = image.resampledRows(newWidth, filter) }
        if newHeight != height { image = image.resampledColumns(newHeight, filter) }
        return image
    }

    /// The picture with its shorter side at a length and the longer one in proportion, rounded down.
    ///
    /// This is the size rule of the CLIP and LLaVA image processors.
    public func resized(shortestSide: Int, _ filter: ResizeFilter = .bicubic) throws -> Image {
        let (short, long) = (min(width, height), max(width, height))
        let other = Int(Double(shortestSide * long) / Double(short))
        return width <= height
            ? try resized(width: shortestSide, height: other, filter)
            : try resized(width: other, height: shortestSide, filter)
    }

    private func nearest(_ newWidth: Int, _ newHeight: Int) -> Image {
        // Positions are summed, not multiplied, because Pillow sums them and rounding shows.
        func positions(_ input: Int, _ output: Int) -> [Int] {
            let step = Double(input) / Double(output)
            var place = step * 0.5
            return (0..<output).map { _ in
                defer { place += step }
                return min(Int(place), input - 1)
            }
        }
        let columns = positions(width, newWidth)
        let rows = positions(height, newHeight)
        let result = [UInt8](unsafeUninitializedCapacity: newWidth * newHeight * 3) {
            target, count in
            var written = 0
            for row in rows {
                for column in columns {
                    let source = (row * width + column) * 3
                    for channel in 0..<3 { target[written + channel] = pixels[source + channel] }
                    written += 3
                }
            }
            count = written
        }
        return Image(trustedWidth: newWidth, height: newHeight, pixels: result)
    }

    private func resampledRows(_ newWidth: Int, _ filter: ResizeFilter) -> Image {
        let table = ResizeCoefficients(from: width, to: newWidth, filter)
        let result = [UInt8](unsafeUninitializedCapacity: newWidth * height * 3) { target, count in
            pixels.withUnsafeBufferPointer { source in
                table.weights.withUnsafeBufferPointer { weights in
                    for row in 0..<height {
                        for column in 0..<newWidth {
                            let first = (row * width + table.starts[column]) * 3
                            let place = (row * newWidth + column) * 3
                            Image.blend(
                                source, first, 3, weights, column * table.width,
                                table.counts[column],
                                target, place)
                        }
                    }
                }
            }
            count = newWidth * height * 3
        }
        return Image(trustedWidth: newWidth, height: height, pixels: result)
    }

    private func resampledColumns(_ newHeight: Int, _ filter: ResizeFilter) -> Image {
        let table = ResizeCoefficients(from: height, to: newHeight, filter)
        let stride = width * 3
        let result = [UInt8](unsafeUninitializedCapacity: newHeight * stride) { target, count in
            pixels.withUnsafeBufferPointer { source in
                table.weights.withUnsafeBufferPointer { weights in
                    for row in 0..<newHeight {
                        let first = table.starts[row] * stride
                        for column in 0..<width {
                            Image.blend(
                                source, first + column * 3, stride, weights, row * table.width,
                                table.counts[row], target, row * stride + column * 3)
                        }
                    }
                }
            }
            count = newHeight * stride
        }
        return Image(trustedWidth: width, height: newHeight, pixels: result)
    }

    /// One output pixel: the weighted sum of `count` source pixels that lie `step` bytes apart.
    @inline(__always)
    private static func blend(
        _ source: UnsafeBufferPointer<UInt8>, _ first: Int, _ step: Int,
        _ weights: UnsafeBufferPointer<Int32>, _ weight: Int, _ count: Int,
        _ target: UnsafeMutableBufferPointer<UInt8>, _ place: Int
    ) {
        let half: Int32 = 1 << Int32(ResizeCoefficients.precision - 1)
        var (red, green, blue) = (half, half, half)
        var position = first
        for index in weight..<(weight + count) {
            let factor = weights[index]
            red &+= Int32(source[position]) &* factor
            green &+= Int32(source[position + 1]) &* factor
            blue &+= Int32(source[position + 2]) &* factor
            position += step
        }
        let shift = Int32(ResizeCoefficients.precision)
        target[place] = UInt8(clamping: red >> shift)
        target[place + 1] = UInt8(clamping: green >> shift)
        target[place + 2] = UInt8(clamping: blue >> shift)
    }
}
