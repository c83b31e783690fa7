/// The primitive kernels that a device offers.
///
/// Kernels compute; they decide nothing. Callers (`HireTensor`) check shapes and dtypes, allocate the outputs
/// with `allocate`, and pass arrays that fit, so a violated expectation is a broken invariant and may trap.
/// Unless a kernel says otherwise: all floating-point arguments share one dtype (float32, or float64 on the
/// reference back-end), inputs may be strided views, outputs named `into` are contiguous, freshly allocated and
/// uninitialised, and the kernel writes every element of them.
///
/// Gradient kernels write gradients (they do not add to what is there); an output passed as nil is not computed.
public protocol Backend: AnyObject, Sendable {
    /// What messages and run files call this back-end, such as "cpu".
    var name: String { get }
    /// Counts the bytes that this back-end's arrays hold.
    var ledger: MemoryLedger { get }
    /// Whether arrays hold values; false for the back-end that computes only shapes.
    var computesValues: Bool { get }
    /// What bits of results may depend on beside the back-end itself.
    var identity: BackendIdentity { get }
    /// Whether arithmetic can be done on a dtype (memory movement works on all); float32 everywhere.
    func supports(_ dtype: DType) -> Bool

    // MARK: Memory

    /// An uninitialised contiguous array.
    func allocate(_ shape: Shape, _ dtype: DType) throws -> NDArray
    /// Sets every element.
    func fill(_ out: NDArray, _ value: Double)
    /// Copies with conversion between any two dtypes; both sides may be strided, shapes are equal.
    func copy(_ source: NDArray, into out: NDArray)

    // MARK: Elementwise

    /// out = f(x).
    func unary(_ kernel: UnaryKernel, _ x: NDArray, into out: NDArray)
    /// out = f'(x) * gradient, given x and y = f(x).
    ///
    /// Only one of x and y is read, as `kernel.gradientReadsOutput` says: callers keep only that one and pass it
    /// for both.
    func unaryGradient(
        _ kernel: UnaryKernel, _ x: NDArray, _ y: NDArray, _ gradient: NDArray, into out: NDArray)
    /// out = f(a, b); both operands already have out's shape (expanded by stride 0).
    func binary(_ kernel: BinaryKernel, _ a: NDArray, _ b: NDArray, into out: NDArray)
    /// out (bool) = a ? b.
    func compare(_ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, into out: NDArray)
    /// out = condition (bool) ? a : b; all of out's shape.
    func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray)
    /// out = min(max(x, lower), upper).
    func clamp(_ x: NDArray, _ lower: Double, _ upper: Double, into out: NDArray)
    /// out = x * scale + shift with constants.
    func affine(_ x: NDArray, scale: Double, shift: Double, into out: NDArray)
    /// out += x * scale, in place; `out` is contiguous and owned by the caller.
    func accumulate(_ x: NDArray, scale: Double, into out: NDArray)

    // MARK: Reductions

    /// Reduces over `axes`; out has extent 1 there.
    func reduce(_ kernel: ReduceKernel, _ x: NDArray, axes: [Int], into out: NDArray)
    /// out (int32, extent 1 at `axis`) = index of the first largest element.
    func argmax(_ x: NDArray, axis: Int, into out: NDArray)
    /// Inclusive running sum along an axis.
    func cumulativeSum(_ x: NDArray, axis: Int, into out: NDArray)

    // MARK: Matrix products

    /// out[..., m, n] = a[..., m, k] * b[..., k, n] (+ bias[n] on every row).
    ///
    /// Leading axes of a, b and out are equal (expanded). a and b may be any strided view (a back-end copies what
    /// its GEMM cannot take), and either may be float16 or bfloat16 while the other and out are float32.
    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, into out: NDArray)

    // MARK: Convolution and pooling (N C H W)

    /// `F.conv2d`: weight is [out, in/groups, kh, kw].
    func conv2d(
        _ x: NDArray, _ weight: NDArray, bias: NDArray?, _ window: Window2D, into out: NDArray)
    /// `conv2d` of maps laid one after the other along the channels, then `tail`, in as few passes as the back-end can.
    func conv2d(
        stacked maps: [NDArray], _ weight: NDArray, bias: NDArray?, _ window: Window2D,
        tail: ConvolutionTail, into out: NDArray) throws
    /// The adjoint with respect to the input; also `F.conv_transpose2d`'s forward.
    func conv2dInputGradient(
        _ gradient: NDArray, _ weight: NDArray, _ window: Window2D, into out: NDArray)
    /// The gradient of the weight, summed over the batch.
    func conv2dWeightGradient(
        _ x: NDArray, _ gradient: NDArray, _ window: Window2D, into out: NDArray)
    /// `F.max_pool2d`; indices (int32, flat position inside the plane) have out's shape.
    func maxPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray, indices: NDArray)
    /// Scatters gradients to where the maxima were (adds where windows overlap).
    func maxPool2dGradient(_ gradient: NDArray, indices: NDArray, into out: NDArray)
    /// `F.avg_pool2d` with count_include_pad.
    func avgPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray)
    /// The adjoint of `avgPool2d`.
    func avgPool2dGradient(_ gradient: NDArray, _ window: Window2D, into out: NDArray)
    /// Applies one linear operator along rows (axis -2) and one along columns (axis -1) of [..., H, W].
    func resample(
        _ x: NDArray, rows: AxisResampling, columns: AxisResampling, into out: NDArray)
    /// Pads the two last axes by (top, bottom, left, right).
    func pad2d(_ x: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray)
    /// The adjoint of `pad2d`.
    func pad2dGradient(
        _ gradient: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray)

    // MARK: Normalisation

    /// Softmax over the last axis, or its logarithm.
    func softmax(_ x: NDArray, logarithmic: Bool, into out: NDArray)
    /// Gradient through softmax, given its output.
    func softmaxGradient(
        _ y: NDArray, _ gradient: NDArray, logarithmic: Bool, into out: NDArray)
    /// `F.layer_norm` over the last axis; saves mean and 1/deviation per row (shape of x less the last axis).
    func layerNorm(
        _ x: NDArray, weight: NDArray?, bias: NDArray?, epsilon: Double, into out: NDArray,
        mean: NDArray, inverseDeviation: NDArray)
    /// Gradients of `layerNorm`.
    func layerNormGradient(
        _ x: NDArray, weight: NDArray?, mean: NDArray, inverseDeviation: NDArray,
        _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?)
    /// x / sqrt(mean(x^2) + epsilon) * weight over the last axis; saves 1/root per row.
    func rmsNorm(
        _ x: NDArray, weight: NDArray, epsilon: Double, into out: NDArray, inverseRoot: NDArray)
    /// Gradients of `rmsNorm`.
    func rmsNormGradient(
        _ x: NDArray, weight: NDArray, inverseRoot: NDArray, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?)
    /// Mean and biased variance per channel of [N, C, ...].
    func channelStatistics(_ x: NDArray, mean: NDArray, variance: NDArray)
    /// (x - mean) / sqrt(variance + epsilon) * weight + bias per channel of [N, C, ...].
    func batchNorm(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, bias: NDArray?,
        epsilon: Double, into out: NDArray)
    /// Gradients of `batchNorm`; with `training`, mean and variance were those of x itself.
    func batchNormGradient(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, epsilon: Double,
        training: Bool, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?)

    // MARK: Indexing (indices are int32)

    /// out takes the given indices (rank 1) of one axis.
    func indexSelect(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray)
    /// out[index] += x along an axis; `out` keeps what it holds elsewhere.
    func indexAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray)
    /// `torch.gather`: out has the shape of indices.
    func gather(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray)
    /// `Tensor.scatter_add_`: out[indices] += x; `out` keeps what it holds elsewhere.
    func scatterAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray)

    // MARK: Loss and transformer

    /// Cross-entropy per row of logits [n, classes] with targets (int32, [n]); ignored rows give 0. Saves softmax.
    func crossEntropy(
        _ logits: NDArray, _ targets: NDArray, ignoreIndex: Int, into losses: NDArray,
        probabilities: NDArray)
    /// Gradient of `crossEntropy`, given d loss per row.
    func crossEntropyGradient(
        _ probabilities: NDArray, _ targets: NDArray, ignoreIndex: Int, _ gradient: NDArray,
        into out: NDArray)
    /// Rotates pairs (j, j + d/2) of x [..., T, d] by angles given as cosines and sines [T, d/2]; `inverse`
    /// rotates back, which is the gradient.
    func rope(
        _ x: NDArray, cosines: NDArray, sines: NDArray, inverse: Bool, into out: NDArray)
    /// Attention of q [b, h, tq, d] over k, v [b, hk, tk, d]; head i reads key head i / (h/hk).
    ///
    /// `mask` (float, broadcastable to [b, h, tq, tk]) is added to the scores. Saves the probabilities if asked.
    func attention(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?, _ kernel: AttentionKernel,
        into out: NDArray, probabilities: NDArray?)
    /// Gradients of `attention` given its probabilities.
    func attentionGradient(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, probabilities: NDArray, _ kernel: AttentionKernel,
        _ gradient: NDArray, queries: NDArray, keys: NDArray, values: NDArray)

    // MARK: Random numbers (element i depends on the source and i only)

    /// Uniform in [low, high).
    func uniform(_ source: RandomSource, low: Double, high: Double, into out: NDArray)
    /// Normal, by Box-Muller on two uniforms of the same counter.
    func normal(_ source: RandomSource, mean: Double, deviation: Double, into out: NDArray)

    // MARK: Enrichment (FeatUp's joint bilateral upsampling, systems of Fu et al. 2024)

    /// The normalised joint bilateral kernel of each pixel.
    ///
    /// projected P is [b, key, H, W]; logits_p = temperature * <P at neighbour p, P at centre> with reflected borders;
    /// range = softmax over the (2r+1)^2 neighbours; out = range * spatial / max(sum, 1e-7). `temperature` is a
    /// scalar array, `spatial` has (2r+1)^2 elements, `range` and `out` are [b, (2r+1)^2, H, W].
    func bilateralKernel(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int,
        range: NDArray, into out: NDArray)
    /// Gradients of `bilateralKernel` given what it saved.
    func bilateralKernelGradient(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        _ gradient: NDArray, into out: NDArray, temperatureGradient: NDArray,
        spatialGradient: NDArray)
    /// The kernel of each pixel of guidance [b, g, H, W] as one joint bilateral stage makes it: `bilateralKernel` of the
    /// projected guidance, plus `correction` times the second perceptron of [that kernel, guidance].
    ///
    /// `out` is [b, (2r+1)^2, H, W]; all other arrays are contiguous.
    func bilateralStage(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        into out: NDArray)
    /// Gradients of `bilateralStage`, which saves nothing: what is needed is computed again.
    func bilateralStageGradient(
        _ guidance: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        _ gradient: NDArray, into out: NDArray?, arrayGradients: BilateralStageArrays)
    /// out[b, c, y, x] = sum over p=(i, j) of kernel[b, p, y, x] * source[b, c, y + i, x + j].
    ///
    /// source is padded: [b, c, H + 2r, W + 2r]; kernel is [b, (2r+1)^2, H, W], the same for all channels.
    func adaptiveConv(_ source: NDArray, _ kernel: NDArray, radius: Int, into out: NDArray)
    /// Gradients of `adaptiveConv`; every tap receives its gradient.
    func adaptiveConvGradient(
        _ source: NDArray, _ kernel: NDArray, radius: Int, _ gradient: NDArray,
        sourceGradient: NDArray?, kernelGradient: NDArray?)
    /// W [b, pooled tokens, source tokens] of a stack of stages, pulled back from each pooled token.
    func pooledOperator(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, into out: NDArray)
    /// Gradients of `pooledOperator` with respect to every stage's kernel.
    func pooledOperatorGradient(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, _ gradient: NDArray,
        into kernelGradients: [NDArray])

    // MARK: Optimisation (in place, on contiguous arrays the caller owns)

    /// The sum of squares of all elements; 0 where there are no values.
    func sumOfSquares(_ x: NDArray) -> Double
    /// One AdamW step on a parameter and its two moments.
    func adamW(
        _ parameter: NDArray, gradient: NDArray, firstMoment: NDArray, secondMoment: NDArray,
        _ kernel: AdamWKernel)
    /// One step of `torch.optim.SGD` (dampening 0); `momentumBuffer` is nil without momentum, zeros at first.
    func sgd(
        _ parameter: NDArray, gradient: NDArray, momentumBuffer: NDArray?, learningRate: Double,
        momentum: Double, weightDecay: Double, nesterov: Bool, gradientScale: Double)
}

extension Backend {
    /// Float32 only.
    public func supports(_ dtype: DType) -> Bool { dtype == .float32 }

    /// An array of the given values, row-major.
    ///
    /// - Throws: `ArrayError.shape` if the number of values does not fit the shape.
    public func array<T: Element>(_ values: [T], _ shape: Shape) throws -> NDArray {
        guard values.count == shape.elementCount else {
            throw ArrayError.shape(
                operation: "array", expected: "\(shape.elementCount) values for shape \(shape)",
                got: "\(values.count)")
        }
        let out = try allocate(shape, T.dtype)
        if out.hasValues {
            values.withUnsafeBufferPointer { buffer in
                guard let base = buffer.baseAddress else { return }
                out.pointer(as: T.self).update(from: base, count: buffer.count)
            }
        }
        return out
    }

    /// The array itself if it is contiguous, else a contiguous copy.
    public func contiguous(_ x: NDArray) throws -> NDArray {
        if x.isContiguous { return x }
        let out = try allocate(x.shape, x.dtype)
        copy(x, into: out)
        return out
    }
}
