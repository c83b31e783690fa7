import CVectorShims
import HireArray

/// One joint bilateral stage's sizes and its weights, packed; shared by all strips of rows.
final class BilateralStagePlan {
    /// A layer's weights in the order in which products read them.
    struct Weights {
        let packed: FloatPointer
        let bias: FloatPointer?
        let rows, inner: Int
    }

    /// Pixels that pass through a stage's layers together, so that all they need stays in the first-level cache.
    static var block: Int { 48 }

    let rows: hire_row_kernels
    private let work: WorkCounter?
    let batch, guidance, key, height, width, radius, taps: Int
    let heat: Float
    let spatial: FloatPointer
    let correction: Float
    let projectionScales, fixupScales: FloatPointer?
    /// Each padded column's source.
    let columns: [Int]
    /// Floats in front of a row that neighbours to the left may read, and from one channel's row to the next.
    let margin, step: Int
    private(set) var projection: [Weights] = []
    private(set) var fixup: [Weights] = []
    private let held: [NDArray]
    private var memory: [FloatPointer] = []

    /// - Parameter input: guidance [b, g, H, W].
    init(
        _ input: NDArray, _ arrays: BilateralStageArrays, _ kernel: BilateralStageKernel,
        rows: hire_row_kernels, work: WorkCounter?
    ) {
        (self.rows, self.work) = (rows, work)
        (batch, guidance) = (input.shape[0], input.shape[1])
        (height, width) = (input.shape[2], input.shape[3])
        (key, radius, taps) = (arrays.projection.secondWeight.shape[0], kernel.radius, kernel.taps)
        heat = arrays.temperature.floatPointer[0]
        spatial = arrays.spatial.floatPointer
        correction = Float(kernel.correction)
        projectionScales = kernel.projectionScales?.floatPointer
        fixupScales = kernel.fixupScales?.floatPointer
        columns = paddedPositions(width, before: radius, after: radius, .reflect)
        margin = max(16, roundUp(2 * radius, to: 16))
        // An odd number of cache lines, so that the rows of many channels do not meet in few sets.
        let lines = (roundUp(width + 2 * radius, to: 16) + margin) / 16
        step = (lines | 1) * 16
        held = arrays.all + [kernel.projectionScales, kernel.fixupScales].compactMap { $0 }
        projection = [
            packed(arrays.projection.firstWeight, arrays.projection.firstBias),
            packed(arrays.projection.secondWeight, arrays.projection.secondBias),
        ]
        fixup = [
            packed(arrays.fixup.firstWeight, arrays.fixup.firstBias),
            packed(arrays.fixup.secondWeight, arrays.fixup.secondBias, factor: correction),
        ]
    }

    deinit { memory.forEach { $0.deallocate() } }

    var plane: Int { height * width }
    var side: Int { 2 * radius + 1 }

    /// Multiply-adds of a pixel.
    var pixelCost: Int {
        guidance * key + key * key + key * taps + (guidance + 2 * taps) * taps
    }

    /// Strips of rows per sample that are worked on independently; they depend on the height only, and so do the bits.
    func strips(of rows: Int) -> [Range<Int>] {
        let count = max(1, min(16, height / rows))
        return (0..<count).map { $0 * height / count..<($0 + 1) * height / count }
    }

    /// Weights [out, in] and, times `factor` too, their bias.
    private func packed(_ weight: NDArray, _ bias: NDArray, factor: Float = 1) -> Weights {
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        let biases = scratch(outputs)
        for row in 0..<outputs { biases[row] = bias.floatPointer[row] * factor }
        memory.append(biases)
        return packed(
            weight.floatPointer, rows: outputs, inner: inputs, rowStride: inputs, innerStride: 1,
            factor: factor, bias: biases)
    }

    /// The transpose of columns of weights [out, in], for gradients.
    func transposed(_ weight: NDArray, columns: Range<Int>, factor: Float = 1) -> Weights {
        packed(
            weight.floatPointer + columns.lowerBound, rows: columns.count, inner: weight.shape[0],
            rowStride: 1, innerStride: weight.shape[1], factor: factor, bias: nil)
    }

    private func packed(
        _ weight: FloatPointer, rows count: Int, inner: Int, rowStride: Int, innerStride: Int,
        factor: Float, bias: FloatPointer?
    ) -> Weights {
        let place = scratch(roundUp(max(count, 1), to: Int(rows.tile_rows)) * inner)
        memory.append(place)
        rows.pack(
            weight, Int64(count), Int64(inner), Int64(rowStride), Int64(innerStride), factor, place)
        return Weights(packed: place, bias: bias, rows: count, inner: inner)
    }

    /// out = weights * input + bias (+ `add`) for some pixels; rows of all three are `step` apart.
    @inline(__always)
    func product(
        _ weights: Weights, _ input: FloatPointer, columns: Int, add: FloatPointer? = nil,
        into out: FloatPointer
    ) {
        countWork(weights.rows * weights.inner, pixels: columns)
        rows.product(
            weights.packed, Int64(weights.rows), Int64(weights.inner), weights.bias, input,
            Int64(step), Int64(columns), add, Int64(step), out, Int64(step))
    }

    /// Counts multiply-adds per pixel, of which each makes as many.
    @inline(__always)
    func countWork(_ products: Int, pixels: Int) { work?.add(products * pixels) }

    /// Calls `body` with the first pixel and the number of pixels of each block of a row.
    @inline(__always)
    func forEachBlock(_ body: (_ first: Int, _ count: Int) -> Void) {
        var first = 0
        while first < width {
            body(first, min(Self.block, width - first))
            first += Self.block
        }
    }
}
