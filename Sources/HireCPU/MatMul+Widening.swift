import HireArray

/// Reads sixteen-bit floating-point numbers as float32.
protocol NarrowFloat {
    static func widen(_ bits: SIMD8<UInt16>) -> Vector
}

extension BFloat16: NarrowFloat {
    @inline(__always)
    static func widen(_ bits: SIMD8<UInt16>) -> Vector {
        unsafeBitCast(SIMD8<UInt32>(truncatingIfNeeded: bits) &<< 16, to: Vector.self)
    }
}

extension Float16: NarrowFloat {
    @inline(__always)
    static func widen(_ bits: SIMD8<UInt16>) -> Vector {
        let wide = SIMD8<UInt32>(truncatingIfNeeded: bits)
        let sign = (wide & 0x8000) &<< 16
        let rest = (wide & 0x7FFF) &<< 13
        // Shifting the exponent field and multiplying by 2^112 is exact, also for subnormal numbers.
        let scaled = unsafeBitCast(rest, to: Vector.self) * 0x1p112
        let special = unsafeBitCast(rest | 0x7F80_0000, to: Vector.self)
        let value = scaled.replacing(
            with: special, where: rest .>= 0x0F80_0000)
        return unsafeBitCast(unsafeBitCast(value, to: SIMD8<UInt32>.self) | sign, to: Vector.self)
    }
}

/// Widens a dense row.
@inline(__always)
func widenRow<T: NarrowFloat>(
    _ type: T.Type, _ source: UnsafePointer<UInt16>, _ count: Int, _ target: FloatPointer
) {
    var position = 0
    while position &+ lanes <= count {
        let bits = UnsafeRawPointer(source + position).loadUnaligned(as: SIMD8<UInt16>.self)
        store(T.widen(bits), target + position)
        position &+= lanes
    }
    if position < count {
        storePartial(
            T.widen(partial(source + position, count &- position)), target + position,
            count &- position)
    }
}

@inline(__always)
private func partial(_ source: UnsafePointer<UInt16>, _ count: Int) -> SIMD8<UInt16> {
    var bits = SIMD8<UInt16>.zero
    for lane in 0..<count { bits[lane] = source[lane] }
    return bits
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

    private func matmulWidening<T: NarrowFloat>(
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
        let weights = UnsafePointer(b.elementPointer(UInt16.self))
        for index in 0..<batch {
            var offsets = (0, 0)
            if !whole {
                layout.forEachRun(in: index..<index + 1) { places, _, _ in
                    offsets = (places[0], places[1])
                }
            }
            guard
                let left = BLASMatrix(
                    a.floatPointer + offsets.0, rows: m, columns: k,
                    rowStride: whole ? k : a.strides[rank - 2],
                    columnStride: whole ? 1 : a.strides[rank - 1])
            else { preconditionFailure("Operands were made ready for BLAS before.") }
            let narrow = NarrowMatrix(
                pointer: weights + offsets.1, rowStride: rowStride, columnStride: columnStride)
            product(
                type, left, narrow, m, n, k, bias: biasRow?.floatPointer,
                into: out.floatPointer + index * m * n)
        }
        withExtendedLifetime((a, b, biasRow)) {}
    }

    private func product<T: NarrowFloat>(
        _ type: T.Type, _ a: BLASMatrix, _ b: NarrowMatrix, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer
    ) {
        if m <= 4, b.rowStride == 1, !a.transposed {
            return directProduct(type, a, b, m, n, k, bias: bias, into: c)
        }
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
                        type, b.pointer + row * b.rowStride + first, columns, wide + row * columns)
                }
                right = BLASMatrix(wide, leading: columns)
            }
            if let bias { preload(bias + first, c + first, m, columns, leading: n) }
            multiply(
                a, right, rows: m, columns: columns, inner: k, beta: bias == nil ? 0 : 1,
                into: c + first, leading: n)
        }
    }

    /// Up to four rows against weights whose columns are dense: reads each weight once, as in decoding.
    private func directProduct<T: NarrowFloat>(
        _ type: T.Type, _ a: BLASMatrix, _ b: NarrowMatrix, _ m: Int, _ n: Int, _ k: Int,
        bias: FloatPointer?, into c: FloatPointer
    ) {
        parallel(n, grain: max(8, 200_000 / max(1, m * k))) { range in
            for column in range {
                let weights = b.pointer + column * b.columnStride
                let start = bias?[column] ?? 0
                for row in 0..<m {
                    c[row * n + column] =
                        start + narrowDot(type, a.pointer + row * a.leading, weights, k)
                }
            }
        }
    }
}

/// A matrix of sixteen-bit numbers.
private struct NarrowMatrix {
    let pointer: UnsafePointer<UInt16>
    let rowStride, columnStride: Int
}

@inline(__always)
private func narrowDot<T: NarrowFloat>(
    _ type: T.Type, _ a: UnsafePointer<Float>, _ b: UnsafePointer<UInt16>, _ count: Int
) -> Float {
    var first = Vector.zero
    var second = Vector.zero
    var third = Vector.zero
    var fourth = Vector.zero
    var position = 0
    @inline(__always)
    func weights(_ offset: Int) -> Vector {
        T.widen(UnsafeRawPointer(b + position &+ offset).loadUnaligned(as: SIMD8<UInt16>.self))
    }
    while position &+ 32 <= count {
        first = first.addingProduct(load(a + position), weights(0))
        second = second.addingProduct(load(a + position &+ 8), weights(8))
        third = third.addingProduct(load(a + position &+ 16), weights(16))
        fourth = fourth.addingProduct(load(a + position &+ 24), weights(24))
        position &+= 32
    }
    while position &+ 8 <= count {
        first = first.addingProduct(load(a + position), weights(0))
        position &+= 8
    }
    if position < count {
        let rest = count &- position
        second = second.addingProduct(
            loadPartial(a + position, rest), T.widen(partial(b + position, rest)))
    }
    return laneSum((first + second) + (third + fourth))
}
