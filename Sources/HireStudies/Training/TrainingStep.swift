/// What one optimiser step reported.
public struct TrainingStep: Sendable, Equatable, Codable {
    /// The step's number, counted from 1.
    public var step: Int
    /// Mean cross-entropy of the answers' tokens, in nats.
    public var loss: Double
    /// The base group's learning rate.
    public var learningRate: Double
    /// Norm of all gradients together before clipping.
    public var gradientNorm: Double
    /// Wall time of the step.
    public var seconds: Double

    /// A step's numbers.
    public init(
        step: Int, loss: Double, learningRate: Double, gradientNorm: Double, seconds: Double
    ) {
        self.step = step
        self.loss = loss
        self.learningRate = learningRate
        self.gradientNorm = gradientNorm
        self.seconds = seconds
    }
}
