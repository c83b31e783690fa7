import HireNN
import HireTensor

/// Turns an enriched map into the language model's image tokens: [N, T, hidden].
public protocol Projector: Layer where Input == FeatureMap, Output == Tensor {
    /// Channels it was built for.
    var inputChannels: Int { get }
    /// Width of the tokens that come out.
    var outputSize: Int { get }
}
