import HireArray

extension ShapesBackend {
    // MARK: Elementwise

    /// Computes nothing.
    public func unary(_ kernel: UnaryKernel, _ x: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func unaryGradient(
        _ kernel: UnaryKernel, _ x: NDArray, _ y: NDArray, _ gradient: NDArray, into out: NDArray
    ) {}
    /// Computes nothing.
    public func binary(_ kernel: BinaryKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func compare(_ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func clamp(_ x: NDArray, _ lower: Double, _ upper: Double, into out: NDArray) {}
    /// Computes nothing.
    public func affine(_ x: NDArray, scale: Double, shift: Double, into out: NDArray) {}
    /// Computes nothing.
    public func accumulate(_ x: NDArray, scale: Double, into out: NDArray) {}

    // MARK: Reductions

    /// Computes nothing.
    public func reduce(_ kernel: ReduceKernel, _ x: NDArray, axes: [Int], into out: NDArray) {}
    /// Computes nothing.
    public func argmax(_ x: NDArray, axis: Int, into out: NDArray) {}
    /// Computes nothing.
    public func cumulativeSum(_ x: NDArray, axis: Int, into out: NDArray) {}

    // MARK: Matrix products

    /// Computes nothing.
    public func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, into out: NDArray) {}

    // MARK: Convolution and pooling (N C H W)

    /// Computes nothing.
    public func conv2d(
        _ x: NDArray, _ weight: NDArray, bias: NDArray?, _ window: Window2D, into out: NDArray
    ) {}
    /// Computes nothing.
    public func conv2dInputGradient(
        _ gradient: NDArray, _ weight: NDArray, _ window: Window2D, into out: NDArray
    ) {}
    /// Computes nothing.
    public func conv2dWeightGradient(
        _ x: NDArray, _ gradient: NDArray, _ window: Window2D, into out: NDArray
    ) {}
    /// Computes nothing.
    public func maxPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray, indices: NDArray) {}
    /// Computes nothing.
    public func maxPool2dGradient(_ gradient: NDArray, indices: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func avgPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray) {}
    /// Computes nothing.
    public func avgPool2dGradient(_ gradient: NDArray, _ window: Window2D, into out: NDArray) {}
    /// Computes nothing.
    public func resample(
        _ x: NDArray, rows: AxisResampling, columns: AxisResampling, into out: NDArray
    ) {}
    /// Computes nothing.
    public func pad2d(_ x: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray) {}
    /// Computes nothing.
    public func pad2dGradient(
        _ gradient: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray
    ) {}

    // MARK: Normalisation

    /// Computes nothing.
    public func softmax(_ x: NDArray, logarithmic: Bool, into out: NDArray) {}
    /// Computes nothing.
    public func softmaxGradient(
        _ y: NDArray, _ gradient: NDArray, logarithmic: Bool, into out: NDArray
    ) {}
    /// Computes nothing.
    public func layerNorm(
        _ x: NDArray, weight: NDArray?, bias: NDArray?, epsilon: Double, into out: NDArray,
        mean: NDArray, inverseDeviation: NDArray
    ) {}
    /// Computes nothing.
    public func layerNormGradient(
        _ x: NDArray, weight: NDArray?, mean: NDArray, inverseDeviation: NDArray,
        _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {}
    /// Computes nothing.
    public func rmsNorm(
        _ x: NDArray, weight: NDArray, epsilon: Double, into out: NDArray, inverseRoot: NDArray
    ) {}
    /// Computes nothing.
    public func rmsNormGradient(
        _ x: NDArray, weight: NDArray, inverseRoot: NDArray, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?
    ) {}
    /// Computes nothing.
    public func channelStatistics(_ x: NDArray, mean: NDArray, variance: NDArray) {}
    /// Computes nothing.
    public func batchNorm(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, bias: NDArray?,
        epsilon: Double, into out: NDArray
    ) {}
    /// Computes nothing.
    public func batchNormGradient(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, epsilon: Double,
        training: Bool, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {}

    // MARK: Indexing (indices are int32)

    /// Computes nothing.
    public func indexSelect(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func indexAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func gather(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {}
    /// Computes nothing.
    public func scatterAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {}

    // MARK: Loss and transformer

    /// Computes nothing.
    public func crossEntropy(
        _ logits: NDArray, _ targets: NDArray, ignoreIndex: Int, into losses: NDArray,
        probabilities: NDArray
    ) {}
    /// Computes nothing.
    public func crossEntropyGradient(
        _ probabilities: NDArray, _ targets: NDArray, ignoreIndex: Int, _ gradient: NDArray,
        into out: NDArray
    ) {}
    /// Computes nothing.
    public func rope(
        _ x: NDArray, cosines: NDArray, sines: NDArray, inverse: Bool, into out: NDArray
    ) {}
    /// Computes nothing.
    public func attention(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?, _ kernel: AttentionKernel,
        into out: NDArray, probabilities: NDArray?
    ) {}
    /// Computes nothing.
    public func attentionGradient(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, probabilities: NDArray, _ kernel: AttentionKernel,
        _ gradient: NDArray, queries: NDArray, keys: NDArray, values: NDArray
    ) {}

    // MARK: Random numbers (element i depends on the source and i only)

    /// Computes nothing.
    public func uniform(_ source: RandomSource, low: Double, high: Double, into out: NDArray) {}
    /// Computes nothing.
    public func normal(_ source: RandomSource, mean: Double, deviation: Double, into out: NDArray) {
    }

    // MARK: Enrichment (FeatUp's joint bilateral upsampling, systems of Fu et al. 2024)

    /// Computes nothing.
    public func bilateralKernel(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int,
        range: NDArray, into out: NDArray
    ) {}
    /// Computes nothing.
    public func bilateralKernelGradient(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        _ gradient: NDArray, into out: NDArray, temperatureGradient: NDArray,
        spatialGradient: NDArray
    ) {}
    /// Computes nothing.
    public func bilateralStage(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        into out: NDArray
    ) {}
    /// Computes nothing.
    public func bilateralStageGradient(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        _ gradient: NDArray, into out: NDArray?, arrayGradients: BilateralStageArrays
    ) {}
    /// Computes nothing.
    public func adaptiveConv(_ source: NDArray, _ kernel: NDArray, radius: Int, into out: NDArray) {
    }
    /// Computes nothing.
    public func adaptiveConvGradient(
        _ source: NDArray, _ kernel: NDArray, radius: Int, _ gradient: NDArray,
        sourceGradient: NDArray?, kernelGradient: NDArray?
    ) {}
    /// Computes nothing.
    public func pooledOperator(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, into out: NDArray
    ) {}
    /// Computes nothing.
    public func pooledOperatorGradient(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, _ gradient: NDArray,
        into kernelGradients: [NDArray]
    ) {}

    // MARK: Optimisation (in place, on contiguous arrays the caller owns)

    /// 0: there are no values.
    public func sumOfSquares(_ x: NDArray) -> Double { 0 }
    /// Computes nothing.
    public func adamW(
        _ parameter: NDArray, gradient: NDArray, firstMoment: NDArray, secondMoment: NDArray,
        _ kernel: AdamWKernel
    ) {}
    /// Computes nothing.
    public func sgd(
        _ parameter: NDArray, gradient: NDArray, momentumBuffer: NDArray?, learningRate: Double,
        momentum: Double, weightDecay: Double, nesterov: Bool, gradientScale: Double
    ) {}
}
