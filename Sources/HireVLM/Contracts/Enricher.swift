import HireNN
import HireTensor

/// Turns low-resolution features plus the high-resolution picture into the map the projector will see.
///
/// The one override is `forward`. An enricher states what comes out before it runs, so that the projector can be
/// built and costs counted.
public protocol Enricher: Layer where Input == EnricherInput, Output == FeatureMap {
    /// Channels of the map that comes out.
    var outputChannels: Int { get }
    /// Rows and columns of the map that comes out.
    var outputGrid: SIMD2<Int> { get }
}

/// What an enricher is given.
public struct EnricherInput {
    /// E(i): the features of the low view.
    public let base: FeatureMap
    /// Both views of the pictures.
    public let image: ImageViews
    /// Runs the encoder on other pictures of its resolution, for methods that look again (such as S2).
    public let encode: (Tensor) throws -> FeatureMap

    /// The input of one forward pass.
    public init(
        base: FeatureMap, image: ImageViews, encode: @escaping (Tensor) throws -> FeatureMap
    ) {
        self.base = base
        self.image = image
        self.encode = encode
    }
}
