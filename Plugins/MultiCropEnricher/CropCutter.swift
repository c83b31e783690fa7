import HireImaging
import HireTensor
import HireVLM

/// Brings pictures to the size of their layouts.
struct CropCutter {
    /// What happens to an original picture whose aspect is not the layout's.
    enum Fit: Sendable {
        /// Resized without regard to aspect (Dragonfly).
        case stretch
        /// Resized with its aspect kept, in the middle of black (LLaVA-1.6).
        case pad
    }

    let plugin: String
    let side: Int
    let preprocessing: ImagePreprocessing
    let fit: Fit
    /// Whether original pictures are cut where they are known; else the square high view is.
    let usesPictures: Bool
    /// Whether the high view may be enlarged.
    let upsamples: Bool

    /// The layout of each picture of a batch.
    func layouts(of views: ImageViews, among candidates: [CropLayout]) -> [CropLayout] {
        (0..<views.high.shape[0]).map { index in
            let picture = usesPictures ? views.pictures?[index] : nil
            return CropLayout.best(
                of: candidates, side: side, width: picture?.width ?? views.high.shape[3],
                height: picture?.height ?? views.high.shape[2])
        }
    }

    /// A picture of a batch at the size of its layout.
    ///
    /// - Throws: `PluginError.configuration` where the high view is too small.
    func sheet(of views: ImageViews, at index: Int, _ layout: CropLayout) throws -> CropSheet {
        let (width, height) = (layout.columns * side, layout.rows * side)
        if usesPictures, let picture = views.pictures?[index] {
            return .picture(try fitted(picture, width: width, height: height))
        }
        let high = views.high
        try require(
            viewOf: min(high.shape[2], high.shape[3]), holding: max(width, height), layout)
        let view = try high.slice(0, index, index + 1)
        return .view(try preprocessing.resized(view, to: SIMD2(height, width)))
    }

    /// Refuses to enlarge a view unless that was asked for.
    func require(viewOf have: Int, holding need: Int, _ layout: CropLayout) throws {
        if upsamples || need <= have { return }
        let other = usesPictures ? "give the pictures themselves, raise" : "raise"
        throw PluginError.configuration(
            plugin: plugin, key: "upsample",
            problem:
                "is false, but \(layout.rows)x\(layout.columns) crops of \(side) px need a high view of \(need) px "
                + "and there are \(have): \(other) high_resolution, or set upsample = true to enlarge"
        )
    }

    private func fitted(_ picture: Image, width: Int, height: Int) throws -> Image {
        let filter = preprocessing.filter
        guard fit == .pad else { return try picture.resized(width: width, height: height, filter) }
        let across = Double(width) / Double(picture.width)
        let down = Double(height) / Double(picture.height)
        var (newWidth, newHeight) = (width, height)
        if across < down {
            newHeight = min(Int((Double(picture.height) * across).rounded(.up)), height)
        } else {
            newWidth = min(Int((Double(picture.width) * down).rounded(.up)), width)
        }
        var sheet = try Image(width: width, height: height, fill: .black)
        sheet.paste(
            try picture.resized(width: newWidth, height: newHeight, filter),
            x: (width - newWidth) / 2, y: (height - newHeight) / 2)
        return sheet
    }
}
