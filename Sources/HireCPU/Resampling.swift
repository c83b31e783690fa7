import CVectorShims
import HireArray

/// `AxisResampling` as flat memory: each output position's run of float32 weights.
final class FlatResampling: @unchecked Sendable {
    let outputLength: Int
    /// Per output position: first input position, number of taps, and where its weights begin.
    let starts, counts, places: UnsafeMutablePointer<Int>
    let weights: FloatPointer
    /// The most taps of any position, and then, where they are few, each position's first input position and number of
    /// taps, and its weights by tap: what `hire_resample_row` takes.
    private let most: Int
    private let narrowStarts, narrowCounts: UnsafeMutablePointer<Int32>
    private let weightsByTap: FloatPointer
    /// The number of weights.
    let multiplies: Int
    /// Of these, how many count as products: none if all are one, for then numbers are moved and added only.
    private(set) var products = 0

    init(_ axis: AxisResampling) {
        outputLength = axis.outputLength
        multiplies = axis.weights.reduce(0) { $0 + $1.count }
        starts = .allocate(capacity: max(outputLength, 1))
        counts = .allocate(capacity: max(outputLength, 1))
        places = .allocate(capacity: max(outputLength, 1))
        weights = scratch(multiplies)
        most = axis.weights.reduce(0) { max($0, $1.count) }
        let narrow = most < Self.fewTaps ? outputLength : 0
        narrowStarts = .allocate(capacity: max(narrow, 1))
        narrowCounts = .allocate(capacity: max(narrow, 1))
        weightsByTap = zeroedScratch(narrow * most)
        for index in 0..<narrow {
            narrowStarts[index] = Int32(axis.starts[index])
            narrowCounts[index] = Int32(axis.weights[index].count)
            for (tap, weight) in axis.weights[index].enumerated() {
                weightsByTap[tap * outputLength + index] = Float(weight)
            }
        }
        var place = 0
        for (index, run) in axis.weights.enumerated() {
            starts[index] = axis.starts[index]
            counts[index] = run.count
            places[index] = place
            for weight in run {
                weights[place] = Float(weight)
                place += 1
                if weight != 1 { products = multiplies }
            }
        }
    }

    deinit {
        starts.deallocate()
        counts.deallocate()
        places.deallocate()
        weights.deallocate()
        narrowStarts.deallocate()
        narrowCounts.deallocate()
        weightsByTap.deallocate()
    }

    /// Fewer taps than these are summed for eight positions at a time.
    private static let fewTaps = 8

    /// out[y, x] = sum over taps of weight * source[start + tap, x], for the output rows given.
    @inline(__always)
    func applyRows(
        _ source: FloatPointer, width: Int, sourceStep: Int, into out: FloatPointer, outStep: Int
    ) {
        for y in 0..<outputLength {
            let run = counts[y]
            let first = source + starts[y] * sourceStep
            let target = out + y * outStep
            let factors = weights + places[y]
            forEachVector(width) { column, count in
                var sum = Vector.zero
                var place = first + column
                for tap in 0..<run {
                    sum = sum.addingProduct(loadPartial(place, count), splat(factors[tap]))
                    place += sourceStep
                }
                storePartial(sum, target + column, count)
            }
        }
    }

    /// out[x] = sum over taps of weight * row[start + tap].
    @inline(__always)
    func applyRow(_ row: FloatPointer, into out: FloatPointer) {
        if most < Self.fewTaps {
            hire_resample_row(
                row, narrowStarts, narrowCounts, weightsByTap, Int64(most), Int64(outputLength), out
            )
            return
        }
        for x in 0..<outputLength {
            let run = counts[x]
            let from = row + starts[x]
            let weight = weights + places[x]
            if run >= 8 {
                out[x] = rowDot(from, weight, run)
            } else {
                var sum: Float = 0
                for tap in 0..<run { sum.addProduct(from[tap], weight[tap]) }
                out[x] = sum
            }
        }
    }
}

extension CPUBackend {
    /// Applies one linear operator along rows (axis -2) and one along columns (axis -1) of [..., H, W].
    public func resample(
        _ x: NDArray, rows: AxisResampling, columns: AxisResampling, into out: NDArray
    ) {
        if out.count == 0 { return }
        let input = dense(x)
        let vertical = FlatResampling(rows)
        let horizontal = FlatResampling(columns)
        let (height, width) = (rows.inputLength, columns.inputLength)
        let (outHeight, outWidth) = (rows.outputLength, columns.outputLength)
        let (source, target) = (input.floatPointer, out.floatPointer)
        let columnsFirst = AxisResampling.takesColumnsFirst(rows: rows, columns: columns)
        let cost =
            horizontal.multiplies * (columnsFirst ? height : outHeight)
            + vertical.multiplies * (columnsFirst ? outWidth : width)
        let planes = out.count / (outHeight * outWidth)
        parallel(planes, grain: max(1, 30_000 / max(cost, 1))) { range in
            let middle = scratch(columnsFirst ? height * outWidth : outHeight * width)
            defer { middle.deallocate() }
            for plane in range {
                let from = source + plane * height * width
                let to = target + plane * outHeight * outWidth
                if columnsFirst {
                    for y in 0..<height {
                        horizontal.applyRow(from + y * width, into: middle + y * outWidth)
                    }
                    work?.add(height * horizontal.products + outWidth * vertical.products)
                    vertical.applyRows(
                        middle, width: outWidth, sourceStep: outWidth, into: to, outStep: outWidth)
                } else {
                    vertical.applyRows(
                        from, width: width, sourceStep: width, into: middle, outStep: width)
                    for y in 0..<outHeight {
                        horizontal.applyRow(middle + y * width, into: to + y * outWidth)
                    }
                    work?.add(outHeight * horizontal.products + width * vertical.products)
                }
            }
        }
        withExtendedLifetime(input) {}
    }
}
