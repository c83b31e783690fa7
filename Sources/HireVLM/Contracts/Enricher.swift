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
    /// Tokens that the projector gets, prefix and suffix included; the grid's alone unless an enricher says otherwise.
    ///
    /// Every picture has as many. An enricher that passes the encoder's prefix tokens on counts `HostShape.prefixTokens`.
    var outputTokens: Int { get }
    /// Where the channels of E(i) begin among those that come out, from 0; nil if E(i) is not among them.
    ///
    /// 0 unless an enricher says otherwise. Swaps keep the projector's columns for these channels.
    var baseChannel: Int? { get }
}

extension Enricher {
    /// As many as the grid has places.
    public var outputTokens: Int { outputGrid.x * outputGrid.y }

    /// E(i) comes first.
    public var baseChannel: Int? { 0 }
}

/// What an enricher is given.
public struct EnricherInput {
    /// E(i): the features of the low view.
    public let base: FeatureMap
    /// Both views of the pictures, and the pictures themselves where they are known.
    public let image: ImageViews
    /// Runs the encoder on other pictures of its resolution, for methods that look again (such as S2).
    public let encode: (Tensor) throws -> FeatureMap
    /// Runs the projector, for methods that compare image tokens (such as Dragonfly): a map to [N, T, hidden].
    ///
    /// Captures and edits of the projector do not see these calls; they see the tokens that are used.
    public let project: (FeatureMap) throws -> Tensor

    /// The input of one forward pass.
    public init(
        base: FeatureMap, image: ImageViews, encode: @escaping (Tensor) throws -> FeatureMap,
        project: @escaping (FeatureMap) throws -> Tensor = { _ in
            throw PluginError.assembly(
                "The enricher compares image tokens, and this call gave it no projector.")
        }
    ) {
        self.base = base
        self.image = image
        self.encode = encode
        self.project = project
    }
}

extension EnricherInput: TensorHolder {
    /// The features and both views.
    public func heldTensors() throws -> [(name: String, tensor: Tensor)] {
        try [("high", image.high), ("low", image.low)]
            + base.heldTensors().map { ($0.name.isEmpty ? "base" : "base, \($0.name)", $0.tensor) }
    }
}
