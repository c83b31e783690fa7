import HireArray
import HireImaging
import HireTensor

/// How a picture becomes the two views that the pipeline reads.
public struct ImagePreprocessing: PluginConfiguration, Equatable {
    /// What happens to a picture that is not square.
    public enum Aspect: String, Codable, Sendable, CaseIterable {
        /// Padded to a square with the mean colour (LLaVA-1.5's evaluation).
        case pad
        /// Resized on the short side, then cropped in the middle (CLIP's processor).
        case crop
        /// Resized without regard to aspect.
        case resize
    }

    /// How the low view is made from the high one.
    public enum Downsampling: String, Codable, Sendable, CaseIterable {
        /// `F.interpolate(mode="bicubic")`, no antialiasing: what HIRE and S2 do.
        case bicubic
        /// The same with antialiasing.
        case antialiased
        /// Area averaging.
        case area
    }

    /// Side R of the high view, in pixels; 0 stands for twice the encoder's resolution where the enricher uses a high
    /// view, else for the encoder's resolution.
    public var highResolution: Int
    /// Side r of the low view, in pixels; 0 stands for the encoder's resolution.
    public var lowResolution: Int
    /// What happens to pictures that are not square.
    public var aspect: Aspect
    /// How the low view is made.
    public var downsampling: Downsampling
    /// How pictures are brought to R (Pillow's filters).
    public var filter: ResizeFilter
    /// With `crop`: what the shorter side is resized to before the middle is cut out, in pixels of the low view; 0 stands
    /// for the side of the view itself.
    public var shortestSide: Int
    /// Mean per colour channel, in 0...1.
    public var mean: [Double]
    /// Standard deviation per colour channel, in 0...1.
    public var deviation: [Double]

    enum CodingKeys: String, CodingKey {
        case highResolution = "high_resolution"
        case lowResolution = "low_resolution"
        case shortestSide = "shortest_side"
        case aspect, downsampling, filter, mean
        case deviation = "std"
    }

    /// LLaVA-1.5's values at the encoder's resolution and twice that, as in the paper.
    public init() {
        self.init(highResolution: 0)
    }

    /// Values given one by one; the rest as in LLaVA-1.5.
    public init(
        highResolution: Int, lowResolution: Int = 0, aspect: Aspect = .pad,
        downsampling: Downsampling = .bicubic, filter: ResizeFilter = .bicubic,
        shortestSide: Int = 0,
        mean: [Double] = [0.481_454_66, 0.457_827_5, 0.408_210_73],
        deviation: [Double] = [0.268_629_54, 0.261_302_58, 0.275_777_11]
    ) {
        self.highResolution = highResolution
        self.lowResolution = lowResolution
        self.aspect = aspect
        self.downsampling = downsampling
        self.filter = filter
        self.shortestSide = shortestSide
        self.mean = mean
        self.deviation = deviation
    }

    /// The same with the encoder's resolution, or twice that, in place of zeros.
    func resolved(for encoderResolution: Int, usesHighView: Bool) -> ImagePreprocessing {
        var copy = self
        if lowResolution == 0 { copy.lowResolution = encoderResolution }
        if highResolution == 0 {
            copy.highResolution = usesHighView ? 2 * encoderResolution : encoderResolution
        }
        return copy
    }

    /// Prepares a batch: every picture is brought to R x R and normalised, the low view is derived from it.
    ///
    /// - Throws: `ArrayError` for an empty batch, `ImageError` for a normalisation that makes no sense.
    public func views(of images: [Image], in context: Context) throws -> ImageViews {
        guard !images.isEmpty else {
            throw ArrayError.argument(
                operation: "views", name: "images", expected: "at least one image", got: "none")
        }
        let high = try normalised(images.map(fitted), in: context)
        return ImageViews(high: high, low: try lowView(of: high), pictures: images)
    }

    /// Pictures of one size as they are, normalised: [N, 3, height, width].
    ///
    /// - Throws: `ArrayError` for an empty batch or sizes that differ, `ImageError` for a normalisation that makes no sense.
    public func normalised(_ images: [Image], in context: Context) throws -> Tensor {
        let normalisation = try ImageNormalisation(
            mean: mean.map(Float.init), deviation: deviation.map(Float.init))
        let planes = try images.map { image in
            Tensor(try image.array(on: context.backend, normalisation), in: context)
        }
        return planes.count == 1 ? planes[0] : try Tensor.concat(planes, dim: 0)
    }

    /// The encoder's view of high views [N, 3, R, R].
    public func lowView(of high: Tensor) throws -> Tensor {
        try resized(high, to: SIMD2(lowResolution, lowResolution))
    }

    /// Views [N, 3, H, W] at other rows and columns, shrunk as the low view is; enlarging is bicubic.
    public func resized(_ view: Tensor, to size: SIMD2<Int>) throws -> Tensor {
        let have = SIMD2(view.shape[2], view.shape[3])
        if size == have { return view }
        let enlarges = size.x > have.x || size.y > have.y
        return switch downsampling {
        case _ where enlarges: try view.interpolate(to: size, mode: .bicubic)
        case .bicubic: try view.interpolate(to: size, mode: .bicubic)
        case .antialiased: try view.interpolate(to: size, mode: .bicubic, antialias: true)
        case .area: try view.interpolate(to: size, mode: .area)
        }
    }

    private func fitted(_ image: Image) throws -> Image {
        let side = highResolution
        if image.width == side, image.height == side, shortestSide == 0 || aspect != .crop {
            return image
        }
        switch aspect {
        case .pad:
            let fill = mean.map { UInt8(min(max($0, 0), 1) * 255) }
            return try image.paddedToSquare(fill: Color(fill[0], fill[1], fill[2]))
                .resized(width: side, height: side, filter)
        case .resize:
            return try image.resized(width: side, height: side, filter)
        case .crop:
            let short = shortestSide == 0 ? side : shortestSide * side / max(lowResolution, 1)
            return try image.resized(shortestSide: short, filter)
                .centreCropped(width: side, height: side)
        }
    }
}
