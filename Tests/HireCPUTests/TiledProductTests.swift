import HireArray
import HireTestSupport
import Testing

@testable import HireCPU

/// Products large enough for tiles of 512-bit registers; processors without them take the path through BLAS.
@Suite struct TiledProductTests {
    private func array(_ backend: CPUBackend, _ shape: Shape, seed: UInt64) throws -> NDArray {
        let out = try backend.allocate(shape, .float32)
        backend.uniform(RandomSource(seed: seed), low: -1, high: 1, into: out)
        return out
    }

    /// A [rows, columns] array that is dense along its rows or, transposed, along its columns.
    private func matrix(
        _ backend: CPUBackend, _ rows: Int, _ columns: Int, _ dtype: DType, transposed: Bool,
        seed: UInt64
    ) throws -> NDArray {
        let shape = transposed ? [columns, rows] : [rows, columns]
        let out = try backend.allocate(shape, dtype)
        backend.copy(try array(backend, shape, seed: seed), into: out)
        return transposed ? out.transposed(0, 1) : out
    }

    /// The largest difference to sums in double precision, over sampled elements.
    private func worst(_ found: NDArray, _ a: NDArray, _ b: NDArray, _ bias: NDArray?) throws
        -> Double
    {
        let (x, w, y) = (try a.doubles(), try b.doubles(), try found.doubles())
        let shift = try bias?.doubles()
        let (m, n, k) = (a.shape[0], b.shape[1], a.shape[1])
        var worst = 0.0
        for sample in 0..<600 {
            // The corners are among the samples.
            let row = sample < 4 ? (sample & 1) * (m - 1) : sample * 7919 % m
            let column = sample < 4 ? (sample >> 1) * (n - 1) : sample * 104_729 % n
            var sum = shift?[column] ?? 0
            for index in 0..<k { sum += x[row * k + index] * w[index * n + column] }
            worst = max(worst, abs(sum - y[row * n + column]))
        }
        return worst
    }

    private static let sizes = [
        (17, 256, 64), (28, 257, 65), (31, 288, 383), (44, 300, 801), (100, 271, 385),
        (1350, 256, 70),
    ]

    @Test(arguments: [DType.float32, .bfloat16, .float16], [false, true])
    func exactProducts(_ dtype: DType, _ weightsTransposed: Bool) throws {
        let backend = CPUBackend(threads: 2)
        for (m, n, k) in Self.sizes {
            for rowsTransposed in [false, true] {
                let a = try matrix(backend, m, k, .float32, transposed: rowsTransposed, seed: 1)
                let b = try matrix(backend, k, n, dtype, transposed: weightsTransposed, seed: 2)
                let bias = try array(backend, [n], seed: 3)
                for shift in [nil, bias] {
                    let out = try backend.allocate([m, n], .float32)
                    backend.matmul(a, b, bias: shift, into: out)
                    let error = try worst(out, a, b, shift)
                    #expect(
                        error < 2e-6 * Double(k).squareRoot(),
                        "\(m)x\(n)x\(k) \(dtype), rows transposed: \(rowsTransposed)")
                }
            }
        }
    }

    /// Each product is off by 2^-9 of itself at most, in both directions.
    @Test(arguments: [false, true]) func roundedProducts(_ weightsTransposed: Bool) throws {
        let backend = CPUBackend(threads: 2, bfloat16Products: .rounded)
        for (m, n, k) in Self.sizes {
            for rowsTransposed in [false, true] {
                let a = try matrix(backend, m, k, .float32, transposed: rowsTransposed, seed: 1)
                let b = try matrix(
                    backend, k, n, .bfloat16, transposed: weightsTransposed, seed: 2)
                let bias = try array(backend, [n], seed: 3)
                let out = try backend.allocate([m, n], .float32)
                backend.matmul(a, b, bias: bias, into: out)
                let error = try worst(out, a, b, bias)
                #expect(error < 0x1p-9 * 2 * Double(k).squareRoot(), "\(m)x\(n)x\(k)")
                // Rows that bfloat16 holds exactly are multiplied exactly.
                let short = try backend.allocate([m, k], .bfloat16)
                backend.copy(a, into: short)
                let representable = try backend.allocate([m, k], .float32)
                backend.copy(short, into: representable)
                backend.matmul(representable, b, bias: bias, into: out)
                #expect(try worst(out, representable, b, bias) < 2e-6 * Double(k).squareRoot())
            }
        }
    }

    /// Elements are summed in one order, whoever computes them and however many rows there are.
    @Test func theSplitDoesNotShow() throws {
        let one = CPUBackend(threads: 1)
        let many = CPUBackend(threads: 3)
        guard CPUBackend.multipliesTiles else { return }
        let a = try array(one, [61, 500], seed: 4)
        let b = try array(one, [500, 400], seed: 5)
        let (first, second) = (
            try one.allocate([61, 400], .float32), try many.allocate([61, 400], .float32)
        )
        one.matmul(a, b, bias: nil, into: first)
        many.matmul(a, b, bias: nil, into: second)
        #expect(try first.floats() == second.floats())
        let part = try one.allocate([20, 400], .float32)
        one.matmul(a.sliced(axis: 0, start: 30, length: 20), b, bias: nil, into: part)
        #expect(try part.floats() == Array(try first.floats()[30 * 400..<50 * 400]))
    }

    @Test func infinityAndNaNArrive() throws {
        for products in [BFloat16Products.exact, .rounded] {
            let backend = CPUBackend(threads: 2, bfloat16Products: products)
            let a = try array(backend, [40, 70], seed: 6)
            a.pointer(as: Float.self)[3 * 70 + 5] = .nan
            a.pointer(as: Float.self)[39 * 70 + 69] = .infinity
            let b = try matrix(backend, 70, 300, .bfloat16, transposed: true, seed: 7)
            let out = try backend.allocate([40, 300], .float32)
            backend.matmul(a, b, bias: nil, into: out)
            let found = try out.floats()
            for row in 0..<40 {
                let line = found[row * 300..<(row + 1) * 300]
                #expect(
                    row == 3 ? line.allSatisfy(\.isNaN) : !line.contains { $0.isNaN } || row == 39)
                #expect(row == 39 ? !line.contains { $0.isFinite } : true)
            }
        }
    }
}
