import HireArray
import HireTestSupport
import Testing

@testable import HireCPU

/// Products of an invariant back-end: an element's bits depend on its row and column only.
@Suite struct OrderedProductTests {
    private func normal(_ backend: CPUBackend, _ shape: Shape, _ seed: UInt64) throws -> NDArray {
        let out = try backend.allocate(shape, .float32)
        backend.normal(RandomSource(seed: seed), mean: 0, deviation: 1, into: out)
        return out
    }

    struct Sizes: Sendable {
        let rows, columns, inner: Int
    }

    static let sizes = [
        Sizes(rows: 1, columns: 1, inner: 1), Sizes(rows: 17, columns: 33, inner: 5),
        Sizes(rows: 40, columns: 300, inner: 70), Sizes(rows: 3, columns: 500, inner: 900),
        Sizes(rows: 1500, columns: 20, inner: 65),
    ]

    @Test(arguments: sizes) func aRowHasTheSameBitsAlone(_ sizes: Sizes) throws {
        let (m, n, k) = (sizes.rows, sizes.columns, sizes.inner)
        let reference = CPUBackend(threads: 1, isInvariant: true)
        let a = try normal(reference, [m, k], 1)
        let b = try normal(reference, [n, k], 2)
        let bias = try normal(reference, [n], 3)
        for type in [DType.float32, .bfloat16, .float16] {
            let weights = try reference.allocate([n, k], type)
            reference.copy(b, into: weights)
            let right = weights.permuted([1, 0])
            let whole = try reference.allocate([m, n], .float32)
            reference.matmul(a, right, bias: bias, into: whole)
            let expected = try whole.floats()
            for threads in [2, 3] {
                let other = CPUBackend(threads: threads, isInvariant: true)
                let again = try other.allocate([m, n], .float32)
                other.matmul(a, right, bias: bias, into: again)
                #expect(try again.floats() == expected, "\(type), \(threads) threads")
            }
            for row in Set([0, m / 2, m - 1]) {
                let alone = try reference.allocate([1, n], .float32)
                reference.matmul(
                    a.sliced(axis: 0, start: row, length: 1), right, bias: bias, into: alone)
                #expect(
                    try alone.floats() == Array(expected[row * n..<(row + 1) * n]),
                    "\(type), row \(row)")
            }
            // Near what the ordinary product gives.
            let ordinary = CPUBackend(threads: 1)
            let close = try ordinary.allocate([m, n], .float32)
            ordinary.matmul(a, right, bias: bias, into: close)
            #expect(try relativeError(whole, close) < 1e-5, "\(type)")
        }
    }

    @Test(arguments: sizes) func processorsWithoutTilesGiveTheSameBits(_ sizes: Sizes) throws {
        let (m, n, k) = (sizes.rows, sizes.columns, sizes.inner)
        let backend = CPUBackend(threads: 2, isInvariant: true)
        let a = try normal(backend, [m, k], 1)
        let b = try normal(backend, [k, n], 2)
        let bias = try normal(backend, [n], 3)
        let expected = try backend.allocate([m, n], .float32)
        backend.matmul(a, b, bias: bias, into: expected)
        let out = try backend.allocate([m, n], .float32)
        backend.orderedByColumns(
            Float.self, BLASMatrix(a.floatPointer, leading: k),
            ElementMatrix<Float>(pointer: b.floatPointer, rowStride: n, columnStride: 1), m, n, k,
            bias: bias.floatPointer, into: out.floatPointer, leading: n)
        #expect(try out.floats() == expected.floats())
    }

    @Test func zerosBehindTheInnerAxisChangeNothing() throws {
        let backend = CPUBackend(threads: 1, isInvariant: true)
        let a = try normal(backend, [9, 30], 1)
        let b = try normal(backend, [30, 40], 2)
        let long = try backend.allocate([9, 47], .float32)
        backend.fill(long, 0)
        backend.copy(a, into: long.sliced(axis: 1, start: 0, length: 30))
        let tall = try normal(backend, [47, 40], 3)
        backend.copy(b, into: tall.sliced(axis: 0, start: 0, length: 30))
        let (short, padded) = (
            try backend.allocate([9, 40], .float32), try backend.allocate([9, 40], .float32)
        )
        backend.matmul(a, b, bias: nil, into: short)
        backend.matmul(long, tall, bias: nil, into: padded)
        #expect(try short.floats() == padded.floats())
    }
}
