import CVectorShims
import HireArray

/// How products with bfloat16 weights read their other operand.
public enum BFloat16Products: Sendable {
    /// As float32: every product and sum is one of float32.
    case exact
    /// Rounded to bfloat16 wherever the rows are many and the processor multiplies bfloat16 (AVX512-BF16), with sums in
    /// float32, as PyTorch's bfloat16 layers do: twice as fast, off by 2^-9 of each element at most. Products of a
    /// few rows, as in decoding, stay exact, for memory bounds their speed.
    case rounded
}

extension CPUBackend {
    /// 0: no tiles; 1: float32 tiles; 2: pairs of bfloat16 too.
    private static let tileSupport = Int(hire_tile_support())

    /// Whether this processor has the registers that tiles need.
    static var multipliesTiles: Bool { tileSupport > 0 }

    /// Whether this processor multiplies pairs of bfloat16, so that `BFloat16Products.rounded` makes a difference.
    public static var multipliesBFloat16: Bool { tileSupport == 2 }

    /// Columns of one task at most: 192 KiB of packed weights stay in the second-level cache.
    private static let mostTileColumns = 128
    /// Rows that are packed at once.
    private static let mostTileRows = 1344

    /// c [m, n] = a b + bias in tiles of 512-bit registers; false, and nothing done, where the processor has none or
    /// BLAS suits the shape better.
    func tiledProduct<T: MatrixElement>(
        _ type: T.Type, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer
    ) -> Bool {
        guard Self.tileSupport > 0, b.rowStride == 1 || b.columnStride == 1, n >= 256, k >= 64,
            m > DirectProduct<T>.mostRows
        else { return false }
        tiledInParts(type, a, b, m, n, k, bias: bias, into: c, leading: n)
        return true
    }

    /// The same for any shape, on processors that have the registers.
    func tiledInParts<T: MatrixElement>(
        _ type: T.Type, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer, leading: Int
    ) {
        let pairs =
            T.tileKind == HIRE_TILE_BFLOAT16 && bfloat16Products == .rounded
            && Self.multipliesBFloat16
        let kind = pairs ? HIRE_TILE_BFLOAT16_PAIRS : T.tileKind
        let parts = (m + Self.mostTileRows - 1) / Self.mostTileRows
        for part in 0..<parts {
            let (first, end) = (part * m / parts, (part + 1) * m / parts)
            tiles(
                kind, a.fromRow(first), b, end - first, n, k, bias: bias,
                into: c + first * leading, leading: leading)
        }
    }

    private func tiles<T: MatrixElement>(
        _ kind: hire_tile_kind, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int,
        _ k: Int, bias: FloatPointer?, into c: FloatPointer, leading: Int
    ) {
        let plan = hire_tile_plan_for(Int64(m), Int64(k), kind)
        let packed = scratch(Int(hire_tile_row_floats(plan, kind)))
        defer { packed.deallocate() }
        let (rowStride, innerStride) = a.transposed ? (1, a.leading) : (a.leading, 1)
        parallelTasks(Int(plan.tiles), cost: m * k) { tile in
            hire_tile_pack_rows(
                plan, kind, Int64(tile), a.pointer, Int64(rowStride), Int64(innerStride), packed)
        }
        let width = Int(HIRE_TILE_COLUMNS)
        let block = min(
            Self.mostTileColumns, max(width, roundUp(n / (threads * 4), to: width)))
        let bytes = Int(hire_tile_column_floats(plan, kind, Int64(block))) * 4
        parallelTasks((n + block - 1) / block, cost: m * n * k) { task in
            let first = task * block
            let place: UnsafePointer<T.Bits> = b.pointer + first * b.columnStride
            let weights = hire_tile_weights(
                first: UnsafeRawPointer(place), inner_stride: Int64(b.rowStride),
                column_stride: Int64(b.columnStride), kind: kind)
            let memory = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: 64)
            defer { memory.deallocate() }
            work?.add(m * min(block, n - first) * k)
            hire_tile_multiply(
                plan, packed, weights, Int64(min(block, n - first)), bias.map { $0 + first },
                c + first, Int64(leading), memory.assumingMemoryBound(to: Float.self))
        }
    }

    /// c [m, n] = a b + bias for a few rows and weights that are dense along the inner axis, on 512-bit registers; false,
    /// and nothing done, where the processor has none.
    func wideDots<T: MatrixElement>(
        _ type: T.Type, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer
    ) -> Bool {
        guard Self.multipliesTiles, b.rowStride == 1, !a.transposed, k >= 64 else { return false }
        let step = Int(hire_dots_floats(Int64(k)))
        let arranged = scratch(m * step)
        defer { arranged.deallocate() }
        for row in 0..<m {
            hire_dots_arrange(
                T.tileKind, a.pointer + row * a.leading, Int64(k), arranged + row * step)
        }
        parallel(n, grain: max(8, 200_000 / max(1, m * k))) { columns in
            let first = columns.lowerBound
            let place: UnsafePointer<T.Bits> = b.pointer + first * b.columnStride
            let weights = hire_tile_weights(
                first: UnsafeRawPointer(place), inner_stride: 1,
                column_stride: Int64(b.columnStride), kind: T.tileKind)
            work?.add(m * columns.count * k)
            hire_dots(
                arranged, Int64(m), Int64(k), weights, Int64(columns.count),
                bias.map { UnsafePointer($0 + first) }, c + first, Int64(n))
        }
        return true
    }
}
