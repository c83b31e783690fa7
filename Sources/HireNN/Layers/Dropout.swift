import HireTensor

/// Sets elements to 0 while training and scales up the others: `nn.Dropout`.
///
/// The numbers come from the context's stream of this layer's path, so they repeat with the run.
public final class Dropout: Layer {
    /// The names of this module's parts.
    public let scope = ModuleScope()
    /// The probability of dropping an element.
    public let probability: Double

    /// A layer that drops with a probability from 0 to 1; the first call throws on any other.
    public init(_ probability: Double) {
        self.probability = probability
    }

    /// Computes the output; callers use `layer(input)`.
    public func forward(_ input: Tensor) throws -> Tensor {
        guard scope.isTraining, probability != 0 else { return input }
        return try input.dropout(
            p: probability, from: input.context.stream("dropout.\(scope.path)"))
    }
}
