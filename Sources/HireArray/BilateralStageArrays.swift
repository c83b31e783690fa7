/// The numbers of one joint bilateral stage (FeatUp's `JBULearnedRange`), or their gradients.
///
/// Weights are [out, in]; with `g` guidance channels, `key` projected ones and `taps` = (2 radius + 1)^2.
public struct BilateralStageArrays {
    /// Two linear layers per pixel with GELU (erf) between them.
    public struct Perceptron {
        /// [hidden, in].
        public let firstWeight: NDArray
        /// [hidden].
        public let firstBias: NDArray
        /// [out, hidden].
        public let secondWeight: NDArray
        /// [out].
        public let secondBias: NDArray

        /// Two layers.
        public init(
            firstWeight: NDArray, firstBias: NDArray, secondWeight: NDArray, secondBias: NDArray
        ) {
            self.firstWeight = firstWeight
            self.firstBias = firstBias
            self.secondWeight = secondWeight
            self.secondBias = secondBias
        }

        /// Both layers' weights and biases, first layer first.
        public var all: [NDArray] { [firstWeight, firstBias, secondWeight, secondBias] }
    }

    /// Guidance to the space in which neighbours are compared: g to key to key.
    public let projection: Perceptron
    /// The correction of the kernel: taps + g (the kernel's taps first) to taps to taps.
    public let fixup: Perceptron
    /// The factor on similarities, one number.
    public let temperature: NDArray
    /// The window [taps], rows outermost.
    public let spatial: NDArray

    /// The parts together.
    public init(
        projection: Perceptron, fixup: Perceptron, temperature: NDArray, spatial: NDArray
    ) {
        self.projection = projection
        self.fixup = fixup
        self.temperature = temperature
        self.spatial = spatial
    }

    /// The projection's arrays, the correction's, temperature and window.
    public var all: [NDArray] { projection.all + fixup.all + [temperature, spatial] }
}
