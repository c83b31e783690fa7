import HireArray

/// `AxisResampling` as flat memory: each output position's run of float32 weights.
final class FlatResampling {
    let starts: [Int]
    let counts: [Int]
    /// Where each run of weights begins.
    let places: [Int]
    let weights: [Float]
    let inputLength: Int
    /// Whether every output position copies the input position of the same number.
    let isIdentity: Bool

    init(_ axis: AxisResampling) {
        starts = axis.starts
        counts = axis.weights.map(\.count)
        var place = 0
        places = counts.map { count in
            defer { place += count }
            return place
        }
        weights = axis.weights.flatMap { $0.map { Float($0) } }
        inputLength = axis.inputLength
        isIdentity =
            axis.inputLength == axis.outputLength
            && axis.starts.indices.allSatisfy { index in
                axis.weights[index].enumerated().allSatisfy { tap, weight in
                    weight == (axis.starts[index] + tap == index ? 1 : 0)
                }
            }
    }

    var outputLength: Int { starts.count }
    var multiplies: Int { weights.count }

    /// out[y, x] = sum over taps of weight * source[start + tap, x], for the output rows given.
    @inline(__always)
    func applyRows(
        _ source: FloatPointer, width: Int, sourceStep: Int, into out: FloatPointer, outStep: Int
    ) {
        weights.withUnsafeBufferPointer { buffer in
            for y in 0..<outputLength {
                let run = counts[y]
                let first = source + starts[y] * sourceStep
                let target = out + y * outStep
                let factors = places[y]
                forEachVector(width) { column, count in
                    var sum = Vector.zero
                    var place = first + column
                    for tap in 0..<run {
                        sum = sum.addingProduct(
                            loadPartial(place, count), splat(buffer[factors &+ tap]))
                        place += sourceStep
                    }
                    storePartial(sum, target + column, count)
                }
            }
        }
    }

    /// out[x] = sum over taps of weight * row[start + tap].
    @inline(__always)
    func applyRow(_ row: FloatPointer, into out: FloatPointer) {
        weights.withUnsafeBufferPointer { buffer in
            guard let factors = buffer.baseAddress else {
                out.update(repeating: 0, count: outputLength)
                return
            }
            for x in 0..<outputLength {
                let run = counts[x]
                let from = row + starts[x]
                let weight = factors + places[x]
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
        // Along columns first where that leaves less to do along rows.
        let columnsFirst =
            horizontal.multiplies * height * 2 + vertical.multiplies * outWidth
            <= horizontal.multiplies * outHeight * 2 + vertical.multiplies * width
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
                    vertical.applyRows(
                        middle, width: outWidth, sourceStep: outWidth, into: to, outStep: outWidth)
                } else {
                    vertical.applyRows(
                        from, width: width, sourceStep: width, into: middle, outStep: width)
                    for y in 0..<outHeight {
                        horizontal.applyRow(middle + y * width, into: to + y * outWidth)
                    }
                }
            }
        }
        withExtendedLifetime(input) {}
    }
}
