import HireArray

#if canImport(Glibc)
    import Glibc
#endif

/// Replaces a row by its softmax.
///
/// Entries of -infinity become 0; a row of nothing but -infinity becomes NaN, as PyTorch's softmax, or zeros with
/// `maskedIsZero`, as its attention.
func softmaxRow(_ row: FloatPointer, _ count: Int, maskedIsZero: Bool = false) {
    let highest = rowMaximum(row, count)
    // A sum of -infinity: no number and no NaN among the scores.
    if maskedIsZero && highest == -.infinity && rowSum(row, count) == -.infinity {
        row.update(repeating: 0, count: count)
        return
    }
    let top = splat(highest)
    var total = Vector.zero
    forEachVector(count) { position, length in
        let value = VectorMath.exp(loadPartial(row + position, length, fill: -.infinity) - top)
        storePartial(value, row + position, length)
        total += length == lanes ? value : maskTail(value, length)
    }
    let scale = splat(1 / laneSum(total))
    forEachVector(count) { position, length in
        storePartial(loadPartial(row + position, length) * scale, row + position, length)
    }
}

/// Replaces a row by its log-softmax.
func logSoftmaxRow(_ row: FloatPointer, _ count: Int) {
    let top = rowMaximum(row, count)
    var total = Vector.zero
    forEachVector(count) { position, length in
        let value = VectorMath.exp(loadPartial(row + position, length) - top)
        total += length == lanes ? value : maskTail(value, length)
    }
    // Subtracted one after the other: their sum could lose the logarithm next to a huge maximum.
    let shift = logf(laneSum(total))
    forEachVector(count) { position, length in
        storePartial(loadPartial(row + position, length) - top - shift, row + position, length)
    }
}

/// The first `count` lanes, the others 0.
@inline(__always)
func maskTail(_ value: Vector, _ count: Int) -> Vector {
    var result = value
    for lane in count..<lanes { result[lane] = 0 }
    return result
}

extension CPUBackend {
    /// Softmax over the last axis, or its logarithm.
    public func softmax(_ x: NDArray, logarithmic: Bool, into out: NDArray) {
        if out.count == 0 { return }
        copy(x, into: out)
        let columns = out.shape.last ?? 1
        let target = out.floatPointer
        parallel(out.count / columns, grain: max(1, Self.dearGrain / columns)) { range in
            for row in range {
                if logarithmic {
                    logSoftmaxRow(target + row * columns, columns)
                } else {
                    softmaxRow(target + row * columns, columns)
                }
            }
        }
    }

    /// Gradient through softmax, given its output.
    public func softmaxGradient(
        _ y: NDArray, _ gradient: NDArray, logarithmic: Bool, into out: NDArray
    ) {
        if out.count == 0 { return }
        let columns = out.shape.last ?? 1
        let (output, slopes) = (dense(y), dense(gradient))
        let (ys, gs, target) = (output.floatPointer, slopes.floatPointer, out.floatPointer)
        parallel(out.count / columns, grain: max(1, Self.dearGrain / columns)) { range in
            for row in range {
                let start = row * columns
                if logarithmic {
                    let total = splat(rowSum(gs + start, columns))
                    forEachVector(columns) { column, count in
                        let place = start + column
                        let p = VectorMath.exp(loadPartial(ys + place, count))
                        storePartial(
                            loadPartial(gs + place, count) - p * total, target + place, count)
                    }
                } else {
                    let total = splat(rowDot(ys + start, gs + start, columns))
                    forEachVector(columns) { column, count in
                        let place = start + column
                        storePartial(
                            loadPartial(ys + place, count)
                                * (loadPartial(gs + place, count) - total),
                            target + place, count)
                    }
                }
            }
        }
        withExtendedLifetime((output, slopes)) {}
    }
}
