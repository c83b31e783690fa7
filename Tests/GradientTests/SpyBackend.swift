import HireArray
import HireReference
import Synchronization

/// The reference back-end, with a list of the kernels that ran.
final class SpyBackend: Backend {
    let name = "spy"
    let computesValues = true
    let base = ReferenceBackend()
    private let names = Mutex<Set<String>>([])

    var ledger: MemoryLedger { base.ledger }
    /// The kernels that ran, and `kernel.variant` for those that have variants.
    var reached: Set<String> { names.withLock { $0 } }

    func ran(_ name: String, _ variant: String? = nil) {
        names.withLock {
            $0.insert(name)
            if let variant { $0.insert("\(name).\(variant)") }
        }
    }

    func supports(_ dtype: DType) -> Bool {
        ran("supports")
        return base.supports(dtype)
    }

    func allocate(_ shape: Shape, _ dtype: DType) throws -> NDArray {
        ran("allocate")
        return try base.allocate(shape, dtype)
    }

    func fill(_ out: NDArray, _ value: Double) {
        ran("fill")
        base.fill(out, value)
    }

    func copy(_ source: NDArray, into out: NDArray) {
        ran("copy")
        base.copy(source, into: out)
    }

    func unary(_ kernel: UnaryKernel, _ x: NDArray, into out: NDArray) {
        ran("unary", kernel.rawValue)
        base.unary(kernel, x, into: out)
    }

    func unaryGradient(
        _ kernel: UnaryKernel, _ x: NDArray, _ y: NDArray, _ gradient: NDArray, into out: NDArray
    ) {
        ran("unaryGradient", kernel.rawValue)
        base.unaryGradient(kernel, x, y, gradient, into: out)
    }

    func binary(_ kernel: BinaryKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        ran("binary", kernel.rawValue)
        base.binary(kernel, a, b, into: out)
    }

    func compare(_ kernel: CompareKernel, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        ran("compare", kernel.rawValue)
        base.compare(kernel, a, b, into: out)
    }

    func select(_ condition: NDArray, _ a: NDArray, _ b: NDArray, into out: NDArray) {
        ran("select")
        base.select(condition, a, b, into: out)
    }

    func clamp(_ x: NDArray, _ lower: Double, _ upper: Double, into out: NDArray) {
        ran("clamp")
        base.clamp(x, lower, upper, into: out)
    }

    func affine(_ x: NDArray, scale: Double, shift: Double, into out: NDArray) {
        ran("affine")
        base.affine(x, scale: scale, shift: shift, into: out)
    }

    func accumulate(_ x: NDArray, scale: Double, into out: NDArray) {
        ran("accumulate")
        base.accumulate(x, scale: scale, into: out)
    }

    func reduce(_ kernel: ReduceKernel, _ x: NDArray, axes: [Int], into out: NDArray) {
        ran("reduce", kernel.rawValue)
        base.reduce(kernel, x, axes: axes, into: out)
    }

    func argmax(_ x: NDArray, axis: Int, into out: NDArray) {
        ran("argmax")
        base.argmax(x, axis: axis, into: out)
    }

    func cumulativeSum(_ x: NDArray, axis: Int, into out: NDArray) {
        ran("cumulativeSum")
        base.cumulativeSum(x, axis: axis, into: out)
    }

    func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, into out: NDArray) {
        ran("matmul")
        base.matmul(a, b, bias: bias, into: out)
    }

    func conv2d(
        _ x: NDArray, _ weight: NDArray, bias: NDArray?, _ window: Window2D, into out: NDArray
    ) {
        ran("conv2d")
        base.conv2d(x, weight, bias: bias, window, into: out)
    }

    func conv2dInputGradient(
        _ gradient: NDArray, _ weight: NDArray, _ window: Window2D, into out: NDArray
    ) {
        ran("conv2dInputGradient")
        base.conv2dInputGradient(gradient, weight, window, into: out)
    }

    func conv2dWeightGradient(
        _ x: NDArray, _ gradient: NDArray, _ window: Window2D, into out: NDArray
    ) {
        ran("conv2dWeightGradient")
        base.conv2dWeightGradient(x, gradient, window, into: out)
    }

    func maxPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray, indices: NDArray) {
        ran("maxPool2d")
        base.maxPool2d(x, window, into: out, indices: indices)
    }

    func maxPool2dGradient(_ gradient: NDArray, indices: NDArray, into out: NDArray) {
        ran("maxPool2dGradient")
        base.maxPool2dGradient(gradient, indices: indices, into: out)
    }

    func avgPool2d(_ x: NDArray, _ window: Window2D, into out: NDArray) {
        ran("avgPool2d")
        base.avgPool2d(x, window, into: out)
    }

    func avgPool2dGradient(_ gradient: NDArray, _ window: Window2D, into out: NDArray) {
        ran("avgPool2dGradient")
        base.avgPool2dGradient(gradient, window, into: out)
    }

    func resample(_ x: NDArray, rows: AxisResampling, columns: AxisResampling, into out: NDArray) {
        ran("resample")
        base.resample(x, rows: rows, columns: columns, into: out)
    }

    func pad2d(_ x: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray) {
        ran("pad2d", mode.rawValue)
        base.pad2d(x, padding, mode, into: out)
    }

    func pad2dGradient(
        _ gradient: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray
    ) {
        ran("pad2dGradient")
        base.pad2dGradient(gradient, padding, mode, into: out)
    }

    func softmax(_ x: NDArray, logarithmic: Bool, into out: NDArray) {
        ran("softmax")
        base.softmax(x, logarithmic: logarithmic, into: out)
    }

    func softmaxGradient(_ y: NDArray, _ gradient: NDArray, logarithmic: Bool, into out: NDArray) {
        ran("softmaxGradient")
        base.softmaxGradient(y, gradient, logarithmic: logarithmic, into: out)
    }

    func layerNorm(
        _ x: NDArray, weight: NDArray?, bias: NDArray?, epsilon: Double, into out: NDArray,
        mean: NDArray, inverseDeviation: NDArray
    ) {
        ran("layerNorm")
        base.layerNorm(
            x, weight: weight, bias: bias, epsilon: epsilon, into: out, mean: mean,
            inverseDeviation: inverseDeviation)
    }

    func layerNormGradient(
        _ x: NDArray, weight: NDArray?, mean: NDArray, inverseDeviation: NDArray,
        _ gradient: NDArray, into out: NDArray?, weightGradient: NDArray?, biasGradient: NDArray?
    ) {
        ran("layerNormGradient")
        base.layerNormGradient(
            x, weight: weight, mean: mean, inverseDeviation: inverseDeviation, gradient, into: out,
            weightGradient: weightGradient, biasGradient: biasGradient)
    }

    func rmsNorm(
        _ x: NDArray, weight: NDArray, epsilon: Double, into out: NDArray, inverseRoot: NDArray
    ) {
        ran("rmsNorm")
        base.rmsNorm(x, weight: weight, epsilon: epsilon, into: out, inverseRoot: inverseRoot)
    }

    func rmsNormGradient(
        _ x: NDArray, weight: NDArray, inverseRoot: NDArray, _ gradient: NDArray,
        into out: NDArray?, weightGradient: NDArray?
    ) {
        ran("rmsNormGradient")
        base.rmsNormGradient(
            x, weight: weight, inverseRoot: inverseRoot, gradient, into: out,
            weightGradient: weightGradient)
    }

    func channelStatistics(_ x: NDArray, mean: NDArray, variance: NDArray) {
        ran("channelStatistics")
        base.channelStatistics(x, mean: mean, variance: variance)
    }

    func batchNorm(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, bias: NDArray?,
        epsilon: Double, into out: NDArray
    ) {
        ran("batchNorm")
        base.batchNorm(
            x, mean: mean, variance: variance, weight: weight, bias: bias, epsilon: epsilon,
            into: out)
    }

    func batchNormGradient(
        _ x: NDArray, mean: NDArray, variance: NDArray, weight: NDArray?, epsilon: Double,
        training: Bool, _ gradient: NDArray, into out: NDArray?, weightGradient: NDArray?,
        biasGradient: NDArray?
    ) {
        ran("batchNormGradient")
        base.batchNormGradient(
            x, mean: mean, variance: variance, weight: weight, epsilon: epsilon, training: training,
            gradient, into: out, weightGradient: weightGradient, biasGradient: biasGradient)
    }

    func indexSelect(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        ran("indexSelect")
        base.indexSelect(x, axis: axis, indices, into: out)
    }

    func indexAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        ran("indexAdd")
        base.indexAdd(x, axis: axis, indices, into: out)
    }

    func gather(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        ran("gather")
        base.gather(x, axis: axis, indices, into: out)
    }

    func scatterAdd(_ x: NDArray, axis: Int, _ indices: NDArray, into out: NDArray) {
        ran("scatterAdd")
        base.scatterAdd(x, axis: axis, indices, into: out)
    }

    func crossEntropy(
        _ logits: NDArray, _ targets: NDArray, ignoreIndex: Int, into losses: NDArray,
        probabilities: NDArray
    ) {
        ran("crossEntropy")
        base.crossEntropy(
            logits, targets, ignoreIndex: ignoreIndex, into: losses, probabilities: probabilities)
    }

    func crossEntropyGradient(
        _ probabilities: NDArray, _ targets: NDArray, ignoreIndex: Int, _ gradient: NDArray,
        into out: NDArray
    ) {
        ran("crossEntropyGradient")
        base.crossEntropyGradient(
            probabilities, targets, ignoreIndex: ignoreIndex, gradient, into: out)
    }

    func rope(_ x: NDArray, cosines: NDArray, sines: NDArray, inverse: Bool, into out: NDArray) {
        ran("rope")
        base.rope(x, cosines: cosines, sines: sines, inverse: inverse, into: out)
    }

    func attention(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, mask: NDArray?, _ kernel: AttentionKernel,
        into out: NDArray, probabilities: NDArray?
    ) {
        ran("attention")
        base.attention(q, k, v, mask: mask, kernel, into: out, probabilities: probabilities)
    }

    func attentionGradient(
        _ q: NDArray, _ k: NDArray, _ v: NDArray, probabilities: NDArray, _ kernel: AttentionKernel,
        _ gradient: NDArray, queries: NDArray, keys: NDArray, values: NDArray
    ) {
        ran("attentionGradient")
        base.attentionGradient(
            q, k, v, probabilities: probabilities, kernel, gradient, queries: queries, keys: keys,
            values: values)
    }

    func uniform(_ source: RandomSource, low: Double, high: Double, into out: NDArray) {
        ran("uniform")
        base.uniform(source, low: low, high: high, into: out)
    }

    func normal(_ source: RandomSource, mean: Double, deviation: Double, into out: NDArray) {
        ran("normal")
        base.normal(source, mean: mean, deviation: deviation, into: out)
    }

    func bilateralKernel(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        into out: NDArray
    ) {
        ran("bilateralKernel")
        base.bilateralKernel(
            projected, temperature: temperature, spatial: spatial, radius: radius, range: range,
            into: out)
    }

    func bilateralKernelGradient(
        _ projected: NDArray, temperature: NDArray, spatial: NDArray, radius: Int, range: NDArray,
        _ gradient: NDArray, into out: NDArray, temperatureGradient: NDArray,
        spatialGradient: NDArray
    ) {
        ran("bilateralKernelGradient")
        base.bilateralKernelGradient(
            projected, temperature: temperature, spatial: spatial, radius: radius, range: range,
            gradient, into: out, temperatureGradient: temperatureGradient,
            spatialGradient: spatialGradient)
    }

    func adaptiveConv(_ source: NDArray, _ kernel: NDArray, radius: Int, into out: NDArray) {
        ran("adaptiveConv")
        base.adaptiveConv(source, kernel, radius: radius, into: out)
    }

    func adaptiveConvGradient(
        _ source: NDArray, _ kernel: NDArray, radius: Int, _ gradient: NDArray,
        sourceGradient: NDArray?, kernelGradient: NDArray?
    ) {
        ran("adaptiveConvGradient")
        base.adaptiveConvGradient(
            source, kernel, radius: radius, gradient, sourceGradient: sourceGradient,
            kernelGradient: kernelGradient)
    }

    func pooledOperator(_ kernels: [NDArray], _ geometry: PooledOperatorGeometry, into out: NDArray)
    {
        ran("pooledOperator")
        base.pooledOperator(kernels, geometry, into: out)
    }

    func pooledOperatorGradient(
        _ kernels: [NDArray], _ geometry: PooledOperatorGeometry, _ gradient: NDArray,
        into kernelGradients: [NDArray]
    ) {
        ran("pooledOperatorGradient")
        base.pooledOperatorGradient(kernels, geometry, gradient, into: kernelGradients)
    }

    func sumOfSquares(_ x: NDArray) -> Double {
        ran("sumOfSquares")
        return base.sumOfSquares(x)
    }

    func adamW(
        _ parameter: NDArray, gradient: NDArray, firstMoment: NDArray, secondMoment: NDArray,
        _ kernel: AdamWKernel
    ) {
        ran("adamW")
        base.adamW(
            parameter, gradient: gradient, firstMoment: firstMoment, secondMoment: secondMoment,
            kernel)
    }

    func sgd(
        _ parameter: NDArray, gradient: NDArray, momentumBuffer: NDArray?, learningRate: Double,
        momentum: Double, weightDecay: Double, nesterov: Bool, gradientScale: Double
    ) {
        ran("sgd")
        base.sgd(
            parameter, gradient: gradient, momentumBuffer: momentumBuffer,
            learningRate: learningRate, momentum: momentum, weightDecay: weightDecay,
            nesterov: nesterov, gradientScale: gradientScale)
    }
}
