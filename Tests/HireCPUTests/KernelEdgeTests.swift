import HireArray
import HireCPU
import HireTestSupport
import Testing

/// Paths that depend on sizes, and values at the edges of float32.
@Suite struct KernelEdgeTests {
    private let backend = CPUBackend(threads: 2)

    private func array(_ shape: Shape, _ seed: UInt64) throws -> NDArray {
        let out = try backend.allocate(shape, .float32)
        backend.normal(RandomSource(seed: seed), mean: 0, deviation: 1, into: out)
        return out
    }

    /// Long sequences are taken in blocks of queries when nobody keeps the probabilities.
    @Test(arguments: [(1, 700, 700, true, 0), (3, 300, 513, false, 0), (2, 40, 900, true, 860)])
    func attentionInBlocks(
        _ group: Int, _ queries: Int, _ keys: Int, _ isCausal: Bool, _ offset: Int
    ) throws {
        let q = try array([1, 2 * group, queries, 24], 1)
        let (k, v) = (try array([1, 2, keys, 24], 2), try array([1, 2, keys, 24], 3))
        let kernel = AttentionKernel(scale: 0.2, isCausal: isCausal, queryOffset: offset)
        let (whole, blocks) = (
            try backend.allocate(q.shape, .float32), try backend.allocate(q.shape, .float32)
        )
        let probabilities = try backend.allocate([1, 2 * group, queries, keys], .float32)
        backend.attention(q, k, v, mask: nil, kernel, into: whole, probabilities: probabilities)
        backend.attention(q, k, v, mask: nil, kernel, into: blocks, probabilities: nil)
        try expectClose(blocks, whole, absolute: 1e-5)
        let sums = try backend.allocate([1, 2 * group, queries, 1], .float32)
        backend.reduce(.sum, probabilities, axes: [3], into: sums)
        try expectClose(sums, Array(repeating: 1, count: 2 * group * queries), absolute: 1e-5)
    }

    /// A convolution is the same whether its sample is alone, in a batch, or cut into bands of rows.
    @Test(arguments: [(1, 3, 50, 41), (7, 5, 6, 5), (2, 40, 130, 70)])
    func convolutionsAgreeWithPatches(
        _ batch: Int, _ channels: Int, _ height: Int, _ width: Int
    ) throws {
        let x = try array([batch, channels, height, width], 1)
        let weight = try array([6, channels, 3, 3], 2)
        let window = Window2D(kernel: [3, 3], padding: [1, 1])
        let out = try backend.allocate([batch, 6, height, width], .float32)
        backend.conv2d(x, weight, bias: nil, window, into: out)
        // The adjoint identities <conv(x, w), g> = <x, dx(g)> = <w, dw(g)> tie all three together.
        let g = try array(out.shape, 3)
        let (dx, dw) = (
            try backend.allocate(x.shape, .float32), try backend.allocate(weight.shape, .float32)
        )
        backend.conv2dInputGradient(g, weight, window, into: dx)
        backend.conv2dWeightGradient(x, g, window, into: dw)
        func dot(_ a: NDArray, _ b: NDArray) throws -> Double {
            Swift.zip(try a.doubles(), try b.doubles()).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let value = try dot(out, g)
        let scale = Double(out.count).squareRoot() * 10
        #expect(abs(try dot(x, dx) - value) < 1e-4 * scale)
        #expect(abs(try dot(weight, dw) - value) < 1e-4 * scale)
        // One element by hand, near the corner.
        let (xs, ws) = (try x.doubles(), try weight.doubles())
        var sum = 0.0
        for channel in 0..<channels {
            for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                sum +=
                    xs[(channel * height + row) * width + column]
                    * ws[channel * 9 + (row + 1) * 3 + column + 1]
            }
        }
        #expect(abs(sum - Double(try out.floats()[0])) < 1e-4)
    }

    @Test func notANumberIsNeverLost() throws {
        let x = try backend.array([1, .nan, -2, 3, 0, 1, 2, 3, 4, 5] as [Float], [1, 10])
        func run(_ body: (NDArray) -> Void) throws -> [Float] {
            let out = try backend.allocate([1, 10], .float32)
            body(out)
            return try out.floats()
        }
        #expect(try run { backend.unary(.relu, x, into: $0) }[1].isNaN)
        #expect(try run { backend.unary(.exp, x, into: $0) }[1].isNaN)
        #expect(try run { backend.unary(.gelu, x, into: $0) }[1].isNaN)
        #expect(try run { backend.clamp(x, -1, 1, into: $0) }[1].isNaN)
        #expect(try run { backend.binary(.maximum, x, x, into: $0) }[1].isNaN)
        #expect(
            try run { backend.softmax(x, logarithmic: false, into: $0) }.allSatisfy(\.isNaN))
        let top = try backend.allocate([1, 1], .float32)
        backend.reduce(.max, x, axes: [1], into: top)
        #expect(try top.floats()[0].isNaN)
        // Attention gives zeros for a query that sees nothing, never for one whose scores are NaN.
        let q = try backend.array([.nan, .nan] as [Float], [1, 1, 1, 2])
        let k = try backend.array([1, 2, 3, 4] as [Float], [1, 1, 2, 2])
        let out = try backend.allocate([1, 1, 1, 2], .float32)
        backend.attention(
            q, k, k, mask: nil, AttentionKernel(scale: 1), into: out, probabilities: nil)
        #expect(try out.floats().allSatisfy(\.isNaN))
    }

    @Test func emptyArraysAreTaken() throws {
        let empty = try backend.allocate([0, 4], .float32)
        let out = try backend.allocate([0, 4], .float32)
        backend.unary(.exp, empty, into: out)
        backend.binary(.add, empty, empty, into: out)
        backend.copy(empty, into: out)
        backend.softmax(empty, logarithmic: true, into: out)
        let sums = try backend.allocate([1, 4], .float32)
        backend.reduce(.sum, empty, axes: [0], into: sums)
        #expect(try sums.floats() == [0, 0, 0, 0])
        let product = try backend.allocate([4, 4], .float32)
        backend.matmul(empty.transposed(0, 1), empty, bias: nil, into: product)
        #expect(try product.floats() == Array(repeating: 0, count: 16))
        #expect(backend.sumOfSquares(empty) == 0)
    }
}
