import CVectorShims
import HireArray

/// An element of a matrix that kernels read as float32.
protocol MatrixElement {
    /// What lies in memory.
    associatedtype Bits: BitwiseCopyable
    /// The eight numbers at a place.
    static func widen(_ place: UnsafePointer<Bits>) -> Vector
    /// One number.
    static func number(_ place: UnsafePointer<Bits>) -> Float
    /// What tiles call this element.
    static var tileKind: hire_tile_kind { get }
}

extension Float: MatrixElement {
    typealias Bits = Float
    static var tileKind: hire_tile_kind { HIRE_TILE_FLOAT32 }
    @inline(__always)
    static func widen(_ place: UnsafePointer<Float>) -> Vector { load(place) }
    static func number(_ place: UnsafePointer<Float>) -> Float { place.pointee }
}

extension BFloat16: MatrixElement {
    typealias Bits = UInt16
    static var tileKind: hire_tile_kind { HIRE_TILE_BFLOAT16 }
    @inline(__always)
    static func widen(_ place: UnsafePointer<UInt16>) -> Vector {
        let bits = UnsafeRawPointer(place).loadUnaligned(as: SIMD8<UInt16>.self)
        return unsafeBitCast(SIMD8<UInt32>(truncatingIfNeeded: bits) &<< 16, to: Vector.self)
    }
    static func number(_ place: UnsafePointer<UInt16>) -> Float {
        Float(bitPattern: UInt32(place.pointee) << 16)
    }
}

extension Float16: MatrixElement {
    typealias Bits = UInt16
    static var tileKind: hire_tile_kind { HIRE_TILE_FLOAT16 }
    @inline(__always)
    static func widen(_ place: UnsafePointer<UInt16>) -> Vector { hire_widen_half(place) }
    static func number(_ place: UnsafePointer<UInt16>) -> Float {
        Float(Float16(bitPattern: place.pointee))
    }
}

/// The first `count` numbers at a place, zeros behind them.
private func widenPartial<T: MatrixElement>(
    _ type: T.Type, _ place: UnsafePointer<T.Bits>, _ count: Int
) -> Vector {
    var memory = SIMD8<UInt32>.zero
    return withUnsafeMutableBytes(of: &memory) { bytes in
        bytes.copyMemory(
            from: UnsafeRawBufferPointer(start: place, count: count * MemoryLayout<T.Bits>.stride))
        guard let base = bytes.baseAddress else { return .zero }
        return T.widen(base.assumingMemoryBound(to: T.Bits.self))
    }
}

/// Widens a dense row.
private func widenRow<T: MatrixElement>(
    _ type: T.Type, _ source: UnsafePointer<T.Bits>, _ count: Int, _ target: FloatPointer
) {
    var position = 0
    while position &+ lanes <= count {
        store(T.widen(source + position), target + position)
        position &+= lanes
    }
    if position < count {
        let rest = count &- position
        storePartial(widenPartial(type, source + position, rest), target + position, rest)
    }
}

/// A matrix in memory, dense along one axis.
struct ElementMatrix<T: MatrixElement> {
    let pointer: UnsafePointer<T.Bits>
    let rowStride, columnStride: Int
}

extension CPUBackend {
    /// `matmul` with float16 or bfloat16 weights b: widens a block of columns at a time, never the whole matrix.
    func matmulWidening(_ a: NDArray, _ b: NDArray, bias: NDArray?, into out: NDArray) {
        switch b.dtype {
        case .bfloat16: matmulWidening(BFloat16.self, a, b, bias, out)
        case .float16: matmulWidening(Float16.self, a, b, bias, out)
        default: preconditionFailure("matmul takes float32, float16 and bfloat16, not \(b.dtype).")
        }
    }

    private func matmulWidening<T: MatrixElement>(
        _ type: T.Type, _ input: NDArray, _ weight: NDArray, _ bias: NDArray?, _ out: NDArray
    ) {
        let rank = out.rank
        let a = input.dtype == .float32 ? blasReady(input) : widened(input)
        let strides = (weight.strides[rank - 2], weight.strides[rank - 1])
        let b = strides.0 == 1 || strides.1 == 1 ? weight : dense(weight)
        let (n, k) = (out.shape[rank - 1], a.shape[rank - 1])
        let lead = 0..<(rank - 2)
        let biasRow = bias.map(dense)
        let rowStride = b.strides[rank - 2]
        let columnStride = b.strides[rank - 1]
        let shared = lead.allSatisfy { b.shape[$0] == 1 || b.strides[$0] == 0 }
        let whole = shared && a.isContiguous
        let m = whole ? out.count / n : out.shape[rank - 2]
        let batch = out.count / (m * n)
        let layout = Layout(
            shape: Array(out.shape[lead]),
            strides: [Array(a.strides[lead]), Array(b.strides[lead])])
        let weights = UnsafePointer(b.elementPointer(T.Bits.self))
        for index in 0..<batch {
            var offsets = SIMD4<Int>.zero
            if !whole {
                layout.forEachRun(in: index..<index + 1) { places, _, _ in offsets = places }
            }
            guard
                let left = BLASMatrix(
                    a.floatPointer + offsets[0], rows: m, columns: k,
                    rowStride: whole ? k : a.strides[rank - 2],
                    columnStride: whole ? 1 : a.strides[rank - 1])
            else { preconditionFailure("Operands were made ready for BLAS before.") }
            let narrow = ElementMatrix<T>(
                pointer: weights + offsets[1], rowStride: rowStride, columnStride: columnStride)
            product(
                type, left, narrow, m, n, k, bias: biasRow?.floatPointer,
                into: out.floatPointer + index * m * n)
        }
        withExtendedLifetime((a, b, biasRow)) {}
    }

    private func product<T: MatrixElement>(
        _ type: T.Type, _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer
    ) {
        if isInvariant {
            return orderedProduct(type, a, b, m, n, k, bias: bias, into: c, leading: n)
        }
        if m <= DirectProduct<T>.mostRows, b.rowStride == 1, !a.transposed {
            return directProduct(a, b, m, n, k, bias: bias, into: c)
        }
        if tiledProduct(type, a, b, m, n, k, bias: bias, into: c) { return }
        // 256 KiB of widened weights at a time stay in the second-level cache.
        let block = min(n, max(16, roundUp(65_536 / max(k, 1), to: 16)))
        parallelTasks((n + block - 1) / block, cost: m * n * k) { task in
            let first = task * block
            let columns = min(block, n - first)
            let wide = scratch(columns * k)
            defer { wide.deallocate() }
            let right: BLASMatrix
            if b.rowStride == 1 {
                for column in 0..<columns {
                    widenRow(
                        type, b.pointer + (first + column) * b.columnStride, k, wide + column * k)
                }
                right = BLASMatrix(wide, leading: k, transposed: true)
            } else {
                for row in 0..<k {
                    widenRow(
                        type, b.pointer + (row * b.rowStride + first), columns, wide + row * columns
                    )
                }
                right = BLASMatrix(wide, leading: columns)
            }
            if let bias { preload(bias + first, c + first, m, columns, leading: n) }
            multiply(
                a, right, rows: m, columns: columns, inner: k, beta: bias == nil ? 0 : 1,
                into: c + first, leading: n)
        }
    }

    /// A few rows against weights whose columns are dense: reads each weight from memory once, as in decoding.
    func directProduct<T: MatrixElement>(
        _ a: BLASMatrix, _ b: ElementMatrix<T>, _ m: Int, _ n: Int, _ k: Int, bias: FloatPointer?,
        into c: FloatPointer
    ) {
        if wideDots(T.self, a, b, m, n, k, bias: bias, into: c) { return }
        let pairs = (n + 1) / 2
        parallel(pairs, grain: max(4, 100_000 / max(1, m * k))) { range in
            for pair in range {
                let column = pair * 2
                let other = min(column + 1, n - 1)
                work?.add(m * (other - column + 1) * k)
                let first: UnsafePointer<T.Bits> = b.pointer + (column * b.columnStride)
                let second: UnsafePointer<T.Bits> = b.pointer + (other * b.columnStride)
                let direct = DirectProduct<T>(first: first, second: second, count: k)
                var shifts: (Float, Float) = (0, 0)
                if let bias { shifts = (bias[column], bias[other]) }
                var row = 0
                while row < m {
                    let place = a.pointer + row * a.leading
                    let step = row + 4 <= m ? 4 : 1
                    let sums = step == 4 ? direct.fourRows(place, a.leading) : direct.oneRow(place)
                    for index in 0..<step {
                        let target = c + (row + index) * n + column
                        target[0] = sums[index * 2] + shifts.0
                        if column + 1 < n { target[1] = sums[index * 2 + 1] + shifts.1 }
                    }
                    row += step
                }
            }
        }
    }
}

/// Inner products of rows with two columns of weights.
struct DirectProduct<T: MatrixElement> {
    let first, second: UnsafePointer<T.Bits>
    let count: Int

    /// Rows up to which this is faster than packing the weights for BLAS.
    static var mostRows: Int { 16 }

    /// (row, column) products of four rows, row by row.
    @inline(__always)
    func fourRows(_ rows: FloatPointer, _ step: Int) -> Vector {
        var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
        var (e, f, g, h) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
        var position = 0
        while position < count {
            let length = min(lanes, count &- position)
            let full = length == lanes
            let x =
                full ? T.widen(first + position) : widenPartial(T.self, first + position, length)
            let y =
                full ? T.widen(second + position) : widenPartial(T.self, second + position, length)
            let place = rows + position
            let one = loadPartial(place, length)
            a = a.addingProduct(one, x)
            b = b.addingProduct(one, y)
            let two = loadPartial(place + step, length)
            c = c.addingProduct(two, x)
            d = d.addingProduct(two, y)
            let three = loadPartial(place + 2 &* step, length)
            e = e.addingProduct(three, x)
            f = f.addingProduct(three, y)
            let four = loadPartial(place + 3 &* step, length)
            g = g.addingProduct(four, x)
            h = h.addingProduct(four, y)
            position &+= lanes
        }
        return Vector(
            laneSum(a), laneSum(b), laneSum(c), laneSum(d), laneSum(e), laneSum(f), laneSum(g),
            laneSum(h))
    }

    /// The products of one row in the first two lanes.
    @inline(__always)
    func oneRow(_ row: FloatPointer) -> Vector {
        var (a, b, c, d) = (Vector.zero, Vector.zero, Vector.zero, Vector.zero)
        var position = 0
        while position &+ 16 <= count {
            let (x, y) = (load(row + position), load(row + position &+ 8))
            a = a.addingProduct(x, T.widen(first + position))
            b = b.addingProduct(x, T.widen(second + position))
            c = c.addingProduct(y, T.widen(first + (position &+ 8)))
            d = d.addingProduct(y, T.widen(second + (position &+ 8)))
            position &+= 16
        }
        while position < count {
            let length = min(lanes, count &- position)
            let x = loadPartial(row + position, length)
            a = a.addingProduct(x, widenPartial(T.self, first + position, length))
            b = b.addingProduct(x, widenPartial(T.self, second + position, length))
            position &+= lanes
        }
        return Vector(laneSum(a + c), laneSum(b + d), 0, 0, 0, 0, 0, 0)
    }
}
