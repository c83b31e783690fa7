/// What one joint bilateral stage is besides its numbers.
public struct BilateralStageKernel {
    /// Reach of the window.
    public let radius: Int
    /// The share of the correction in the kernel: 0.1 in FeatUp.
    public let correction: Double
    /// Factors [b, key] on the projection's hidden channels (dropout); nil stands for ones.
    public let projectionScales: NDArray?
    /// Factors [b, taps] on the correction's hidden channels (dropout); nil stands for ones.
    public let fixupScales: NDArray?

    /// A stage's settings.
    public init(
        radius: Int, correction: Double, projectionScales: NDArray?, fixupScales: NDArray?
    ) {
        self.radius = radius
        self.correction = correction
        self.projectionScales = projectionScales
        self.fixupScales = fixupScales
    }

    /// Pixels of the window.
    public var taps: Int { (2 * radius + 1) * (2 * radius + 1) }
}
