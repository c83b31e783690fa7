import HireTensor

/// Rows of a table at integer ids: `nn.Embedding`, ids [...] to [..., width].
public final class Embedding: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// [count, width]; N(0, 1) at first; may be stored in half precision while frozen.
    public let weight: Parameter

    /// A table of `count` rows.
    public init(
        _ count: Int, _ width: Int, initializer: Initializer = .normal(deviation: 1),
        in context: Context
    ) {
        weight = scope.parameter("weight", [count, width], initializer, in: context)
        weight.allowsHalfStorage = true
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ ids: Tensor) throws -> Tensor {
        try Tensor.embedding(weight.tensor, ids)
    }
}
