import HireImaging
import HireTensor

/// The two views of a batch of images: what the encoder sees and what an enricher may see.
public struct ImageViews {
    /// I, normalised: [N, 3, R, R].
    public let high: Tensor
    /// i, the same pictures at the encoder's resolution: [N, 3, r, r].
    public let low: Tensor
    /// The pictures at their own sizes, one for each of the batch; nil where only tensors are known.
    public let pictures: [Image]?

    /// Views that are already prepared.
    public init(high: Tensor, low: Tensor, pictures: [Image]? = nil) {
        precondition(
            pictures.map { $0.count == high.shape[0] } ?? true,
            "As many pictures as the batch has are needed.")
        self.high = high
        self.low = low
        self.pictures = pictures
    }
}
