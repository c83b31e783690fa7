import HireArray
import HireReference
import HireTestSupport
import Testing

/// Cases small enough to check in one's head, exact unless a tolerance is stated.
@Suite struct HandCaseTests {
    private let backend = ReferenceBackend()

    private func filled(
        _ shape: Shape, _ dtype: DType = .float32, by kernel: (NDArray) throws -> Void
    ) throws -> [Double] {
        try backend.filled(shape, dtype, by: kernel).doubles()
    }

    @Test func matmulAddsItsBiasToEveryRow() throws {
        let a = try backend.array([1, 2, 3, 4] as [Float], [2, 2])
        let b = try backend.array([5, 6, 7, 8] as [Float], [2, 2])
        let bias = try backend.array([100, 200] as [Float], [2])
        #expect(
            try filled([2, 2]) { backend.matmul(a, b, bias: bias, into: $0) }
                == [119, 222, 143, 250])
        #expect(
            try filled([2, 2]) { backend.matmul(a.transposed(0, 1), b, bias: nil, into: $0) }
                == [26, 30, 38, 44])
    }

    @Test func matmulWidensHalfPrecision() throws {
        let a = try backend.array([1.5, -2], [1, 2], as: .bfloat16)
        let b = try backend.array([4, 0.25], [2, 1], as: .float32)
        #expect(try filled([1, 1]) { backend.matmul(a, b, bias: nil, into: $0) } == [5.5])
    }

    @Test func copyConvertsTowardsZeroAndKeepsLargeIntegers() throws {
        let numbers = try backend.array([-1.7, 2.9, 300] as [Float], [3])
        #expect(try filled([3], .int32) { backend.copy(numbers, into: $0) } == [-1, 2, 300])
        #expect(try filled([3], .uint8) { backend.copy(numbers, into: $0) } == [0, 2, 255])
        #expect(try filled([3], .bool) { backend.copy(numbers, into: $0) } == [1, 1, 1])
        let large = try backend.array([Int64.max, Int64.max - 1], [2])
        let copied = try backend.filled([2], .int64) { backend.copy(large, into: $0) }
        #expect(try copied.elements(Int64.self) == [Int64.max, Int64.max - 1])
    }

    @Test func reductionsOverSeveralAxesAndPropagationOfNaN() throws {
        let x = try backend.array((1...8).map(Float.init), [2, 2, 2])
        #expect(
            try filled([1, 2, 1]) { backend.reduce(.sum, x, axes: [0, 2], into: $0) } == [14, 22])
        #expect(
            try filled([2, 1, 1]) { backend.reduce(.max, x, axes: [1, 2], into: $0) } == [4, 8])
        let broken = try backend.array([1, .nan, 3] as [Float], [3])
        #expect(try filled([1]) { backend.reduce(.max, broken, axes: [0], into: $0) }[0].isNaN)
        #expect(try filled([1]) { backend.reduce(.min, broken, axes: [0], into: $0) }[0].isNaN)
    }

    @Test func argmaxTakesTheFirstOfEqualElements() throws {
        let x = try backend.array([3, 7, 7, 1, 9, 9] as [Float], [2, 3])
        #expect(try filled([2, 1], .int32) { backend.argmax(x, axis: 1, into: $0) } == [1, 1])
        #expect(try filled([1, 3], .int32) { backend.argmax(x, axis: 0, into: $0) } == [0, 1, 1])
    }

    @Test func roundingIsToEven() throws {
        let x = try backend.array([0.5, 1.5, -2.5, 2.4] as [Float], [4])
        #expect(try filled([4]) { backend.unary(.round, x, into: $0) } == [0, 2, -2, 2])
    }

    @Test func selectAndCompare() throws {
        let a = try backend.array([1, 5, 3] as [Float], [3])
        let b = try backend.array([2, 4, 3] as [Float], [3])
        let greater = try backend.filled([3], .bool) { backend.compare(.gt, a, b, into: $0) }
        #expect(try greater.doubles() == [0, 1, 0])
        #expect(try filled([3]) { backend.select(greater, a, b, into: $0) } == [2, 5, 3])
    }

    @Test func maxPoolGradientGoesToTheMaximum() throws {
        let x = try backend.array([1, 2, 4, 3] as [Float], [1, 1, 2, 2])
        let indices = try backend.allocate([1, 1, 1, 1], .int32)
        let window = Window2D(kernel: [2, 2], stride: [2, 2])
        #expect(
            try filled([1, 1, 1, 1]) { backend.maxPool2d(x, window, into: $0, indices: indices) }
                == [4])
        let gradient = try backend.array([10] as [Float], [1, 1, 1, 1])
        #expect(
            try filled([1, 1, 2, 2]) {
                backend.maxPool2dGradient(gradient, indices: indices, into: $0)
            } == [0, 0, 10, 0])
    }

    @Test func indexAddAddsRepeatedIndices() throws {
        let x = try backend.array([1, 2, 4] as [Float], [3])
        let indices = try backend.array([2, 0, 2] as [Int32], [3])
        let out = try backend.array([10, 20, 30] as [Float], [3])
        backend.indexAdd(x, axis: 0, indices, into: out)
        #expect(try out.doubles() == [12, 20, 35])
        #expect(
            try filled([3]) { backend.indexSelect(x, axis: 0, indices, into: $0) } == [4, 1, 4])
    }

    @Test func attentionOfAQueryThatSeesNothingIsZero() throws {
        let q = try backend.array([1, 1] as [Float], [1, 1, 1, 2])
        let mask = try backend.array([-Float.infinity], [1, 1, 1, 1])
        let probabilities = try backend.allocate([1, 1, 1, 1], .float32)
        #expect(
            try filled([1, 1, 1, 2]) {
                backend.attention(
                    q, q, q, mask: mask, AttentionKernel(scale: 1), into: $0,
                    probabilities: probabilities)
            } == [0, 0])
        #expect(try probabilities.doubles() == [0])
    }

    @Test func aWindowOfOneConstantKernelIsTheIdentity() throws {
        // Radius 0: one tap per pixel, and the grid is the source's own.
        let geometry = PooledOperatorGeometry(
            source: [2, 2], stages: [[2, 2]], radii: [0], pooled: [1, 2])
        let kernel = try backend.array([1, 2, 3, 4] as [Float], [1, 1, 2, 2])
        #expect(
            try filled([1, 2, 4]) { backend.pooledOperator([kernel], geometry, into: $0) }
                == [0.5, 0, 1.5, 0, 0, 1, 0, 2])
    }

    @Test func randomNumbersHaveTheirMoments() throws {
        // 40,000 draws: the mean of a standard normal is within 5/200 of 0, its variance within 5 * 0.00707.
        let source = RandomSource(seed: 5).named("moments")
        let normal = try filled([40_000]) {
            backend.normal(source, mean: 0, deviation: 1, into: $0)
        }
        let mean = normal.reduce(0, +) / 40_000
        let variance = normal.reduce(0) { $0 + $1 * $1 } / 40_000
        #expect(abs(mean) < 0.025 && abs(variance - 1) < 0.036)
        let uniform = try filled([40_000]) {
            backend.uniform(source, low: -2, high: 4, into: $0)
        }
        #expect(uniform.allSatisfy { $0 >= -2 && $0 < 4 })
        #expect(abs(uniform.reduce(0, +) / 40_000 - 1) < 0.044)
        // Element i depends on the source and i only.
        #expect(
            try filled([7]) { backend.uniform(source, low: -2, high: 4, into: $0) }
                == Array(uniform.prefix(7)))
    }
}
