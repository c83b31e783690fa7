import HireArray
import HireCPU
import HireTestSupport
import Testing

/// Matrix products beyond the sizes at which kernels and the split among threads change.
@Suite struct MatrixProductTests {
    private let backend = CPUBackend(threads: 2)

    private func array(_ shape: Shape, seed: Int) throws -> NDArray {
        let out = try backend.allocate(shape, .float32)
        backend.uniform(RandomSource(seed: UInt64(seed)), low: -1, high: 1, into: out)
        return out
    }

    /// Sampled elements of a b^T + bias, summed in double precision.
    private func check(
        _ found: NDArray, _ a: NDArray, _ weight: NDArray, _ bias: NDArray?, _ label: String
    ) throws {
        let (x, w, y) = (try a.doubles(), try weight.doubles(), try found.doubles())
        let shift = try bias?.doubles()
        let (m, n, k) = (a.shape[0], weight.shape[0], a.shape[1])
        var worst = 0.0
        for sample in 0..<400 {
            let (row, column) = (sample * 7919 % m, sample * 104_729 % n)
            var sum = shift?[column] ?? 0
            for index in 0..<k { sum += x[row * k + index] * w[column * k + index] }
            worst = max(worst, abs(sum - y[row * n + column]))
        }
        // Rounding of k products of size up to 1 in float32.
        #expect(worst < 1e-6 * Double(k).squareRoot() * 4, "\(label): off by \(worst)")
    }

    @Test(arguments: [DType.float32, .bfloat16, .float16])
    func linearLayers(_ dtype: DType) throws {
        for (m, n, k) in [
            (1, 300, 515), (2, 64, 256), (4, 129, 1000), (7, 65, 300), (16, 70, 513), (17, 70, 513),
            (33, 1, 40), (300, 257, 129), (5, 3, 2), (1, 1, 1), (64, 2050, 80),
        ] {
            let a = try array([m, k], seed: 1)
            let weight = try backend.allocate([n, k], dtype)
            backend.copy(try array([n, k], seed: 2), into: weight)
            let bias = try array([n], seed: 3)
            for shift in [nil, bias] {
                let out = try backend.allocate([m, n], .float32)
                backend.matmul(a, weight.transposed(0, 1), bias: shift, into: out)
                try check(out, a, weight, shift, "\(m)x\(n)x\(k) \(dtype)")
            }
        }
    }

    @Test(arguments: [DType.bfloat16, .float16])
    func sixteenBitWeightsDenseAlongColumns(_ dtype: DType) throws {
        let a = try array([9, 70], seed: 4)
        let weight = try array([70, 83], seed: 5)
        let narrow = try backend.allocate([70, 83], dtype)
        backend.copy(weight, into: narrow)
        let wide = try backend.allocate([70, 83], .float32)
        backend.copy(narrow, into: wide)
        let (expected, found) = (
            try backend.allocate([9, 83], .float32), try backend.allocate([9, 83], .float32)
        )
        backend.matmul(a, wide, bias: nil, into: expected)
        backend.matmul(a, narrow, bias: nil, into: found)
        try expectClose(found, expected, absolute: 1e-5)
    }

    @Test func conversionsKeepEverySixteenBitNumber() throws {
        for dtype in [DType.bfloat16, .float16] {
            let bits = try backend.allocate([1 << 16], dtype)
            for index in 0..<1 << 16 {
                if dtype == .bfloat16 {
                    var number = BFloat16(0)
                    number.bits = UInt16(index)
                    bits.pointer(as: BFloat16.self)[index] = number
                } else {
                    bits.pointer(as: Float16.self)[index] = Float16(bitPattern: UInt16(index))
                }
            }
            // A product with 1 widens inside the matrix kernels; a copy widens by itself.
            let one = try backend.array([1] as [Float], [1, 1])
            let product = try backend.allocate([1, 1 << 16], .float32)
            let weights = NDArray(
                storage: bits.storage, dtype: dtype, shape: [1, 1 << 16], strides: [1 << 16, 1])
            backend.matmul(one, weights, bias: nil, into: product)
            let copied = try backend.allocate([1 << 16], .float32)
            backend.copy(bits, into: copied)
            let (p, c) = (try product.floats(), try copied.floats())
            #expect(zip(p, c).allSatisfy { $0 == $1 || ($0.isNaN && $1.isNaN) })
            let back = try backend.allocate([1 << 16], dtype)
            backend.copy(copied, into: back)
            #expect(try back.floats().elementsEqual(c) { $0 == $1 || ($0.isNaN && $1.isNaN) })
        }
    }
}
