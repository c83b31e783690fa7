extension Image {
    /// The part of the picture whose top left corner is (x, y); what lies outside the picture is `fill`.
    ///
    /// - Throws: `ImageError` if a side is less than 1.
    public func cropped(
        x: Int, y: Int, width newWidth: Int, height newHeight: Int, fill: Color = .black
    )
        throws -> Image
    {
        var result = try Image(width: newWidth, height: newHeight, fill: fill)
        result.paste(self, x: -x, y: -y)
        return result
    }

    /// The middle of the picture, black around it where it is too small.
    ///
    /// The corner is at ((height - side) / 2, (width - side) / 2), rounded down: CLIP's image processor.
    public func centreCropped(width newWidth: Int, height newHeight: Int) throws -> Image {
        // Shifting rounds down for negative numbers too, which dividing does not.
        try cropped(
            x: (width - newWidth) >> 1, y: (height - newHeight) >> 1, width: newWidth,
            height: newHeight)
    }

    /// The picture in the middle of a square as large as its longer side: LLaVA's `expand2square`.
    ///
    /// - Parameter fill: LLaVA's colour is the mean of CLIP's training pictures, (122, 116, 104).
    public func paddedToSquare(fill: Color = Color(122, 116, 104)) -> Image {
        if width == height { return self }
        let side = max(width, height)
        var result = Image(solidWidth: side, height: side, fill)
        result.paste(self, x: (side - width) / 2, y: (side - height) / 2)
        return result
    }

    /// Lays another picture over this one with its top left corner at (x, y); parts outside are cut off.
    public mutating func paste(_ other: Image, x: Int, y: Int) {
        let left = max(0, x)
        let right = min(width, x + other.width)
        if left >= right { return }
        for row in max(0, y)..<max(max(0, y), min(height, y + other.height)) {
            let target = (row * width + left) * 3
            let source = ((row - y) * other.width + left - x) * 3
            let count = (right - left) * 3
            pixels.replaceSubrange(
                target..<(target + count), with: other.pixels[source..<(source + count)])
        }
    }

    /// The picture turned and mirrored so that one of EXIF's eight orientations stands upright.
    func oriented(_ orientation: Int) -> Image {
        if orientation <= 1 || orientation > 8 { return self }
        let swapped = orientation >= 5
        var result = Image(
            solidWidth: swapped ? height : width, height: swapped ? width : height, .black)
        for y in 0..<result.height {
            for x in 0..<result.width {
                let (sourceX, sourceY): (Int, Int)
                switch orientation {
                case 2: (sourceX, sourceY) = (width - 1 - x, y)
                case 3: (sourceX, sourceY) = (width - 1 - x, height - 1 - y)
                case 4: (sourceX, sourceY) = (x, height - 1 - y)
                case 5: (sourceX, sourceY) = (y, x)
                case 6: (sourceX, sourceY) = (y, height - 1 - x)
                case 7: (sourceX, sourceY) = (width - 1 - y, height - 1 - x)
                default: (sourceX, sourceY) = (width - 1 - y, x)
                }
                result[x, y] = self[sourceX, sourceY]
            }
        }
        return result
    }
}
