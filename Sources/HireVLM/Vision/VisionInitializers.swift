import HireNN

/// How the weights of a vision transformer's block begin; nil leaves a layer its own default.
public struct VisionInitializers: Sendable {
    /// Weights of query, key and value.
    public var attention: Initializer?
    /// Weight of the attention's output.
    public var attentionOutput: Initializer?
    /// Weight of the perceptron's first layer.
    public var first: Initializer?
    /// Weight of the perceptron's second layer.
    public var second: Initializer?
    /// Biases of the perceptron.
    public var bias: Initializer?

    /// Every layer's own default.
    public init() {}

    /// The same distribution for every weight, zeros for the biases.
    public init(all weight: Initializer) {
        attention = weight
        attentionOutput = weight
        first = weight
        second = weight
        bias = .zeros
    }
}
