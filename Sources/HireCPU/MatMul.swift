import COpenBLAS
import HireArray

/// A float32 matrix as BLAS takes it: row-major, or the transpose of a row-major one.
struct BLASMatrix {
    var pointer: FloatPointer
    /// Elements between rows (of the transpose, if `transposed`).
    var leading: Int
    var transposed: Bool

    init(_ pointer: FloatPointer, leading: Int, transposed: Bool = false) {
        self.pointer = pointer
        self.leading = leading
        self.transposed = transposed
    }

    /// nil if neither stride is 1.
    init?(_ pointer: FloatPointer, rows: Int, columns: Int, rowStride: Int, columnStride: Int) {
        if columns == 1 || columnStride == 1, rows == 1 || rowStride >= columns {
            self.init(pointer, leading: rows == 1 ? max(columns, 1) : rowStride)
        } else if rows == 1 || rowStride == 1, columns == 1 || columnStride >= rows {
            self.init(
                pointer, leading: columns == 1 ? max(rows, 1) : columnStride, transposed: true)
        } else {
            return nil
        }
    }

    func fromRow(_ row: Int) -> BLASMatrix {
        BLASMatrix(
            pointer + (transposed ? row : row * leading), leading: leading, transposed: transposed)
    }

    func fromColumn(_ column: Int) -> BLASMatrix {
        BLASMatrix(
            pointer + (transposed ? column * leading : column), leading: leading,
            transposed: transposed)
    }
}

extension CPUBackend {
    /// c = alpha * a b + beta * c on the calling thread; c is row-major with `leading` elements per row.
    @inline(__always)
    func multiply(
        _ a: BLASMatrix, _ b: BLASMatrix, rows: Int, columns: Int, inner: Int,
        alpha: Float = 1, beta: Float = 0, into c: FloatPointer, leading: Int
    ) {
        if rows == 0 || columns == 0 { return }
        if inner == 0 {
            if beta == 0 {
                for row in 0..<rows { (c + row * leading).update(repeating: 0, count: columns) }
            }
            return
        }
        work?.add(rows * columns * inner)
        cblas_sgemm(
            CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans,
            b.transposed ? CblasTrans : CblasNoTrans, Int32(rows), Int32(columns), Int32(inner),
            alpha,
            a.pointer, Int32(a.leading), b.pointer, Int32(b.leading), beta, c, Int32(leading))
    }

    /// out[..., m, n] = a[..., m, k] * b[..., k, n] (+ bias[n] on every row).
    public func matmul(_ a: NDArray, _ b: NDArray, bias: NDArray?, into out: NDArray) {
        if out.count == 0 { return }
        if b.dtype != .float32 { return matmulWidening(a, b, bias: bias, into: out) }
        if a.dtype != .float32 { return matmul(widened(a), b, bias: bias, into: out) }
        let rank = out.rank
        let (m, n, k) = (out.shape[rank - 2], out.shape[rank - 1], a.shape[rank - 1])
        let biasRow = bias.map(dense)
        let biasPointer = biasRow?.floatPointer
        let batch = out.count / (m * n)
        if let folded = fold(a, b, batch: batch, m: m, k: k) {
            let (left, right, rows) = folded
            if isInvariant {
                let weights = ElementMatrix<Float>(
                    pointer: right.pointer, rowStride: right.transposed ? 1 : right.leading,
                    columnStride: right.transposed ? right.leading : 1)
                orderedProduct(
                    Float.self, left, weights, rows, n, k, bias: biasPointer,
                    into: out.floatPointer, leading: n)
                withExtendedLifetime(biasRow) {}
                return
            }
            if right.transposed, !left.transposed, rows <= DirectProduct<Float>.mostRows, k >= 256,
                n >= 64
            {
                let weights = ElementMatrix<Float>(
                    pointer: right.pointer, rowStride: 1, columnStride: right.leading)
                directProduct(
                    left, weights, rows, n, k, bias: biasPointer, into: out.floatPointer)
                withExtendedLifetime(biasRow) {}
                return
            }
            product(left, right, rows, n, k, bias: biasPointer, into: out.floatPointer)
        } else {
            batched(a, b, m, n, k, bias: biasPointer, into: out)
        }
        withExtendedLifetime(biasRow) {}
    }

    /// Several products of different matrices, shared among threads.
    private func batched(
        _ a: NDArray, _ b: NDArray, _ m: Int, _ n: Int, _ k: Int, bias: FloatPointer?,
        into out: NDArray
    ) {
        let rank = out.rank
        let left = blasReady(a)
        let right = blasReady(b)
        let lead = Array(out.shape[..<(rank - 2)])
        let layout = Layout(
            shape: lead,
            strides: [Array(left.strides[..<(rank - 2)]), Array(right.strides[..<(rank - 2)])])
        let batch = lead.reduce(1, *)
        let (leftBase, rightBase) = (left.floatPointer, right.floatPointer)
        let leftSteps = (left.strides[rank - 2], left.strides[rank - 1])
        let rightSteps = (right.strides[rank - 2], right.strides[rank - 1])
        let target = out.floatPointer
        let steps = (layout.innerStride(0), layout.innerStride(1))
        let grain = max(1, 200_000 / max(1, m * n * k))
        parallel(batch, grain: grain) { range in
            layout.forEachRun(in: range) { offsets, position, length in
                for index in 0..<length {
                    guard
                        let x = BLASMatrix(
                            leftBase + offsets[0] + index * steps.0, rows: m, columns: k,
                            rowStride: leftSteps.0, columnStride: leftSteps.1),
                        let y = BLASMatrix(
                            rightBase + offsets[1] + index * steps.1, rows: k, columns: n,
                            rowStride: rightSteps.0, columnStride: rightSteps.1)
                    else { preconditionFailure("Operands were made ready for BLAS before.") }
                    let place = target + (position + index) * m * n
                    if let bias { preload(bias, place, m, n, leading: n) }
                    if isInvariant {
                        let weights = ElementMatrix<Float>(
                            pointer: y.pointer, rowStride: y.transposed ? 1 : y.leading,
                            columnStride: y.transposed ? y.leading : 1)
                        orderedProduct(
                            Float.self, x, weights, m, n, k, bias: bias, into: place, leading: n)
                        continue
                    }
                    multiply(
                        x, y, rows: m, columns: n, inner: k, beta: bias == nil ? 0 : 1, into: place,
                        leading: n)
                }
            }
        }
        withExtendedLifetime((left, right)) {}
    }

    /// One product as (matrix, matrix, rows): a single pair, or all batches of a against one b.
    private func fold(
        _ a: NDArray, _ b: NDArray, batch: Int, m: Int, k: Int
    ) -> (BLASMatrix, BLASMatrix, Int)? {
        let rank = a.rank
        let n = b.shape[rank - 1]
        let lead = 0..<(rank - 2)
        guard lead.allSatisfy({ b.shape[$0] == 1 || b.strides[$0] == 0 }),
            let right = BLASMatrix(
                b.floatPointer, rows: k, columns: n, rowStride: b.strides[rank - 2],
                columnStride: b.strides[rank - 1])
        else { return nil }
        if batch == 1 {
            guard
                let left = BLASMatrix(
                    a.floatPointer, rows: m, columns: k, rowStride: a.strides[rank - 2],
                    columnStride: a.strides[rank - 1])
            else { return nil }
            return (left, right, m)
        }
        // The rows of all batches must be equally spaced.
        let rows = Layout(shape: Array(a.shape.dropLast()), strides: [Array(a.strides.dropLast())])
        guard rows.shape.count == 1,
            let left = BLASMatrix(
                a.floatPointer, rows: batch * m, columns: k, rowStride: rows.innerStride(0),
                columnStride: a.strides[rank - 1]), !left.transposed
        else { return nil }
        return (left, right, batch * m)
    }

    /// c [m, n] = a b + bias, cut into as many blocks of rows or columns as there are threads.
    func product(
        _ a: BLASMatrix, _ b: BLASMatrix, _ m: Int, _ n: Int, _ k: Int, bias: FloatPointer?,
        into c: FloatPointer
    ) {
        let weights = ElementMatrix<Float>(
            pointer: b.pointer, rowStride: b.transposed ? 1 : b.leading,
            columnStride: b.transposed ? b.leading : 1)
        if tiledProduct(Float.self, a, weights, m, n, k, bias: bias, into: c) { return }
        let beta: Float = bias == nil ? 0 : 1
        let parts = min(threads, max(1, m * n * k / 150_000))
        if parts == 1 {
            if let bias { preload(bias, c, m, n, leading: n) }
            multiply(a, b, rows: m, columns: n, inner: k, beta: beta, into: c, leading: n)
        } else if m >= n {
            let size = roundUp((m + parts - 1) / parts, to: 8)
            pool.run((m + size - 1) / size) { part in
                let first = part * size
                let rows = min(size, m - first)
                let place = c + first * n
                if let bias { preload(bias, place, rows, n, leading: n) }
                multiply(
                    a.fromRow(first), b, rows: rows, columns: n, inner: k, beta: beta, into: place,
                    leading: n)
            }
        } else {
            let size = roundUp((n + parts - 1) / parts, to: 16)
            pool.run((n + size - 1) / size) { part in
                let first = part * size
                let columns = min(size, n - first)
                let place = c + first
                if let bias { preload(bias + first, place, m, columns, leading: n) }
                multiply(
                    a, b.fromColumn(first), rows: m, columns: columns, inner: k, beta: beta,
                    into: place, leading: n)
            }
        }
    }

    /// The array itself if BLAS can take its last two axes, else a contiguous float32 copy.
    func blasReady(_ x: NDArray) -> NDArray {
        let rank = x.rank
        if x.dtype == .float32,
            BLASMatrix(
                x.floatPointer, rows: x.shape[rank - 2], columns: x.shape[rank - 1],
                rowStride: x.strides[rank - 2], columnStride: x.strides[rank - 1]) != nil
        {
            return x
        }
        return widened(x)
    }

    /// A contiguous float32 copy.
    func widened(_ x: NDArray) -> NDArray {
        let result = temporary(x.shape)
        copy(x, into: result)
        return result
    }
}

/// Rounds up to a multiple.
@inline(__always)
func roundUp(_ value: Int, to multiple: Int) -> Int {
    (value + multiple - 1) / multiple * multiple
}

/// Sets every row of c to the bias, for products that add to c.
@inline(__always)
func preload(_ bias: FloatPointer, _ c: FloatPointer, _ rows: Int, _ columns: Int, leading: Int) {
    for row in 0..<rows { (c + row * leading).update(from: bias, count: columns) }
}
