import HireTensor

/// Spreads one optimiser step over several micro-batches: each loss counts 1/n, gradients add up.
public struct GradientAccumulation {
    /// Micro-batches per optimiser step.
    public let microBatches: Int
    /// Micro-batches since the last full step.
    public private(set) var pending = 0

    /// Accumulation over `microBatches`, at least 1.
    public init(microBatches: Int) { self.microBatches = max(1, microBatches) }

    /// Runs `backward` on a micro-batch's share of the loss.
    ///
    /// - Returns: whether the gradients are complete and the optimiser should step.
    public mutating func add(_ loss: Tensor) throws -> Bool {
        try (microBatches == 1 ? loss : loss.scaled(by: 1 / Double(microBatches))).backward()
        pending += 1
        if pending < microBatches { return false }
        pending = 0
        return true
    }
}
