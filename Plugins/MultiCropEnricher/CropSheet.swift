import HireImaging
import HireTensor
import HireVLM

/// A picture at the size of its layout, from which crops are cut.
enum CropSheet {
    /// Pixels of the original picture.
    case picture(Image)
    /// A normalised view, [1, 3, height, width].
    case view(Tensor)

    /// The crop at a place, counted row by row: [1, 3, side, side].
    func crop(
        _ index: Int, of layout: CropLayout, side: Int, _ preprocessing: ImagePreprocessing,
        in context: Context
    ) throws -> Tensor {
        let (y, x) = (index / layout.columns * side, index % layout.columns * side)
        switch self {
        case .picture(let image):
            let crop = try image.cropped(x: x, y: y, width: side, height: side)
            return try preprocessing.normalised([crop], in: context)
        case .view(let view):
            return try view.slice(2, y, y + side).slice(3, x, x + side)
        }
    }
}
