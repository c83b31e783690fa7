import HireArray
import HireNN
import HireTensor

/// One learned embedding that tells the language model where a crop, or a row of tokens, ends.
///
/// It lives in feature space, before the projector.
final class CropSeparator: Module {
    let scope = ModuleScope()
    private let embedding: Parameter

    init(channels: Int, in context: Context) {
        embedding = scope.parameter(
            "embedding", [channels], .normal(deviation: 1 / Double(channels).squareRoot()),
            in: context)
    }

    /// The embedding, expanded to a shape that ends with its channels.
    func expanded(to shape: Shape) throws -> Tensor { try embedding.tensor.expand(shape) }
}
