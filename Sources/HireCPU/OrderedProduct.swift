import CVectorShims
import HireArray

/// Products whose every element is one chain of fused multiply-adds along the inner axis, beginning with its bias.
///
/// So its bits depend on its row and column only: not on how many others there are, nor on how they are shared among
/// threads, nor on the kernels that BLAS has for a shape. Zeros behind the end of the inner axis change nothing.
extension CPUBackend {
    /// c [m, n] = a b + bias, `leading` elements from row to row.
    func orderedProduct<T: MatrixElement>(
        _ type: T.Type, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer, leading: Int
    ) {
        if m == 0 || n == 0 { return }
        if k == 0 {
            for row in 0..<m {
                let place = c + row * leading
                if let bias {
                    place.update(from: bias, count: n)
                } else {
                    place.update(repeating: 0, count: n)
                }
            }
        } else if Self.multipliesTiles {
            tiledInParts(type, a, b, m, n, k, bias: bias, into: c, leading: leading)
        } else {
            orderedByColumns(type, a, b, m, n, k, bias: bias, into: c, leading: leading)
        }
    }

    /// c = alpha a b, added to c if `adds`.
    func orderedProduct(
        _ a: BLASMatrix, _ b: BLASMatrix, rows: Int, columns: Int, inner: Int, alpha: Float,
        adds: Bool, into c: FloatPointer, leading: Int
    ) {
        let right = ElementMatrix<Float>(
            pointer: b.pointer, rowStride: b.transposed ? 1 : b.leading,
            columnStride: b.transposed ? b.leading : 1)
        if alpha == 1 && !adds {
            return orderedProduct(
                Float.self, a, right, rows, columns, inner, bias: nil, into: c, leading: leading)
        }
        let product = scratch(rows * columns)
        defer { product.deallocate() }
        orderedProduct(
            Float.self, a, right, rows, columns, inner, bias: nil, into: product, leading: columns)
        let factor = splat(alpha)
        for row in 0..<rows {
            let (from, to) = (product + row * columns, c + row * leading)
            forEachVector(columns) { column, count in
                let scaled = loadPartial(from + column, count) * factor
                let value = adds ? scaled + loadPartial(to + column, count) : scaled
                storePartial(value, to + column, count)
            }
        }
    }

    /// The same bits as tiles, for processors without 512-bit registers.
    func orderedByColumns<T: MatrixElement>(
        _ type: T.Type, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer, leading: Int
    ) {
        let width = 2 * lanes
        let (rowStep, innerStep) = a.transposed ? (1, a.leading) : (a.leading, 1)
        parallelTasks((n + width - 1) / width, cost: m * n * k) { task in
            let first = task * width
            let columns = min(width, n - first)
            work?.add(m * columns * k)
            let packed = zeroedScratch(k * width)
            defer { packed.deallocate() }
            for row in 0..<k {
                for column in 0..<columns {
                    let place: UnsafePointer<T.Bits> =
                        b.pointer + (row * b.rowStride + (first + column) * b.columnStride)
                    packed[row * width + column] = T.number(place)
                }
            }
            let start = zeroedScratch(width)
            defer { start.deallocate() }
            if let bias { start.update(from: bias + first, count: columns) }
            for row in 0..<m {
                var (left, right) = (load(start), load(start + lanes))
                var place = a.pointer + row * rowStep
                var panel = packed
                for _ in 0..<k {
                    let factor = splat(place.pointee)
                    left = left.addingProduct(load(panel), factor)
                    right = right.addingProduct(load(panel + lanes), factor)
                    place += innerStep
                    panel += width
                }
                let target = c + row * leading + first
                storePartial(left, target, min(columns, lanes))
                if columns > lanes { storePartial(right, target + lanes, columns - lanes) }
            }
        }
    }
}
