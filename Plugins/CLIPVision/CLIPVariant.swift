import HireVLM

/// The numbers of a published vision tower.
struct CLIPVariant: Sendable {
    var hiddenSize: Int
    var intermediateSize: Int
    var layers: Int
    var heads: Int
    var imageSize: Int
    var patchSize: Int
    var activation: VisionActivation
    var epsilon: Double

    private init(
        _ hiddenSize: Int, _ intermediateSize: Int, layers: Int, heads: Int, image: Int, patch: Int,
        _ activation: VisionActivation, epsilon: Double = 1e-5
    ) {
        self.hiddenSize = hiddenSize
        self.intermediateSize = intermediateSize
        self.layers = layers
        self.heads = heads
        imageSize = image
        patchSize = patch
        self.activation = activation
        self.epsilon = epsilon
    }

    /// OpenAI's (quick GELU) and LAION's (GELU) towers.
    static let clip: KeyValuePairs<String, CLIPVariant> = [
        "ViT-B-32": CLIPVariant(
            768, 3072, layers: 12, heads: 12, image: 224, patch: 32, .quickGELU),
        "ViT-B-16": CLIPVariant(
            768, 3072, layers: 12, heads: 12, image: 224, patch: 16, .quickGELU),
        "ViT-L-14": CLIPVariant(
            1024, 4096, layers: 24, heads: 16, image: 224, patch: 14, .quickGELU),
        "ViT-L-14-336": CLIPVariant(
            1024, 4096, layers: 24, heads: 16, image: 336, patch: 14, .quickGELU),
        "ViT-H-14": CLIPVariant(1280, 5120, layers: 32, heads: 16, image: 224, patch: 14, .gelu),
        "ViT-g-14": CLIPVariant(1408, 6144, layers: 40, heads: 16, image: 224, patch: 14, .gelu),
        "ViT-bigG-14": CLIPVariant(1664, 8192, layers: 48, heads: 16, image: 224, patch: 14, .gelu),
    ]

    /// Google's towers.
    static let siglip: KeyValuePairs<String, CLIPVariant> = [
        "B-16-224": CLIPVariant(
            768, 3072, layers: 12, heads: 12, image: 224, patch: 16, .tanhGELU, epsilon: 1e-6),
        "L-16-384": CLIPVariant(
            1024, 4096, layers: 24, heads: 16, image: 384, patch: 16, .tanhGELU, epsilon: 1e-6),
        "so400m-14-384": CLIPVariant(
            1152, 4304, layers: 27, heads: 16, image: 384, patch: 14, .tanhGELU, epsilon: 1e-6),
    ]
}
