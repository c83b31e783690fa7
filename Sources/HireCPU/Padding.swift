import HireArray

/// Where each padded position reads from; -1 for zero.
func paddedPositions(_ length: Int, before: Int, after: Int, _ mode: PadMode) -> [Int] {
    (-before..<length + after).map { position in
        if position >= 0 && position < length { return position }
        switch mode {
        case .zero: return -1
        case .replicate: return position < 0 ? 0 : length - 1
        case .reflect: return reflected(position, length)
        }
    }
}

/// A position outside 0..<length mirrored at the border, without repeating the edge.
@inline(__always)
func reflected(_ position: Int, _ length: Int) -> Int {
    if position < 0 { return -position }
    if position >= length { return 2 * (length - 1) - position }
    return position
}

extension CPUBackend {
    /// Pads the two last axes by (top, bottom, left, right).
    public func pad2d(_ x: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray) {
        if out.count == 0 { return }
        let rank = x.rank
        let (height, width) = (x.shape[rank - 2], x.shape[rank - 1])
        let rows = paddedPositions(height, before: padding[0], after: padding[1], mode)
        let columns = paddedPositions(width, before: padding[2], after: padding[3], mode)
        let input = dense(x)
        let (source, target) = (input.floatPointer, out.floatPointer)
        let plane = rows.count * columns.count
        parallel(out.count / plane, grain: max(1, Self.cheapGrain / plane)) { range in
            for index in range {
                let from = source + index * height * width
                for (y, row) in rows.enumerated() {
                    let to = target + index * plane + y * columns.count
                    if row < 0 {
                        to.update(repeating: 0, count: columns.count)
                    } else {
                        padRow(from + row * width, columns, padding[2], width, into: to)
                    }
                }
            }
        }
        withExtendedLifetime(input) {}
    }

    /// The adjoint of `pad2d`.
    public func pad2dGradient(
        _ gradient: NDArray, _ padding: SIMD4<Int>, _ mode: PadMode, into out: NDArray
    ) {
        if out.count == 0 { return }
        let rank = out.rank
        let (height, width) = (out.shape[rank - 2], out.shape[rank - 1])
        let rows = paddedPositions(height, before: padding[0], after: padding[1], mode)
        let columns = paddedPositions(width, before: padding[2], after: padding[3], mode)
        let slopes = dense(gradient)
        let (gs, target) = (slopes.floatPointer, out.floatPointer)
        let plane = rows.count * columns.count
        parallel(out.count / (height * width), grain: max(1, Self.cheapGrain / plane)) { range in
            for index in range {
                let to = target + index * height * width
                to.update(repeating: 0, count: height * width)
                for (y, row) in rows.enumerated() where row >= 0 {
                    let from = gs + index * plane + y * columns.count
                    foldRow(from, columns, padding[2], width, into: to + row * width)
                }
            }
        }
        withExtendedLifetime(slopes) {}
    }
}

/// out[x] = row[columns[x]], or 0 where that is negative.
@inline(__always)
func padRow(
    _ row: FloatPointer, _ columns: [Int], _ before: Int, _ width: Int, into out: FloatPointer
) {
    (out + before).update(from: row, count: width)
    for x in 0..<before { out[x] = columns[x] < 0 ? 0 : row[columns[x]] }
    for x in before + width..<columns.count { out[x] = columns[x] < 0 ? 0 : row[columns[x]] }
}

/// out[columns[x]] += row[x].
@inline(__always)
func foldRow(
    _ row: FloatPointer, _ columns: [Int], _ before: Int, _ width: Int, into out: FloatPointer
) {
    forEachVector(width) { column, count in
        storePartial(
            loadPartial(out + column, count) + loadPartial(row + before + column, count),
            out + column, count)
    }
    for x in 0..<before where columns[x] >= 0 { out[columns[x]] += row[x] }
    for x in before + width..<columns.count where columns[x] >= 0 { out[columns[x]] += row[x] }
}
