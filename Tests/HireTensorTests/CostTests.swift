import HireArray
import HireShapes
import HireTensor
import Testing

/// Counted multiply-adds against formulas and brute force.
struct CostTests {
    private final class Counter: OpObserver {
        var multiplyAdds = 0
        func observe(_ call: OpCall) { multiplyAdds += call.multiplyAdds }
    }

    private func count(_ body: (Context) throws -> Void) throws -> Int {
        let context = Context(backend: ShapesBackend())
        let counter = Counter()
        context.observer = counter
        try body(context)
        return counter.multiplyAdds
    }

    @Test func productsAndConvolutionsCountEachMultiplyAddOnce() throws {
        #expect(
            try count { _ = try $0.zeros([5, 2, 3, 4]).matmul($0.zeros([2, 4, 7])) } == 5 * 2 * 3
                * 4 * 7)
        #expect(
            try count { _ = try $0.zeros([2, 4, 8, 8]).conv2d($0.zeros([6, 2, 3, 3]), groups: 2) }
                == 2 * 6 * 36 * 2 * 9)
        #expect(
            try count {
                let q = try $0.zeros([2, 4, 3, 8])
                let k = try $0.zeros([2, 2, 5, 8])
                _ = try q.scaledDotProductAttention(k, k)
            } == 2 * (2 * 4 * 3 * 5 * 8))
        #expect(
            try count {
                _ = try $0.zeros([2, 3, 6, 6]).adaptiveConv($0.zeros([2, 9, 4, 4]), radius: 1)
            } == 2 * 3 * 16 * 9)
    }

    /// Bicubic 4 -> 8 in both axes has 4 taps but where the border merges two of them.
    @Test func resizingCountsItsTaps() throws {
        let taps = AxisResampling.bicubic(from: 4, to: 8).weights.map(\.count).reduce(0, +)
        #expect(
            try count { _ = try $0.zeros([3, 4, 4]).interpolate(to: [8, 8], mode: .bicubic) }
                == 3 * (taps * 4 + 8 * taps))
        #expect(try count { _ = try $0.zeros([3, 4, 4]).interpolate(to: [8, 8]) } == 0)
    }

    /// Marks, plane by plane, every position that a token's weight can reach, and counts the kernel's work there.
    @Test func pooledOperatorCountsOnlyReachablePositions() {
        let geometry = PooledOperatorGeometry(
            source: [3, 4], stages: [[5, 7], [9, 12]], radii: [1, 2], pooled: [3, 4])
        var kernelWork = 0
        for row in 0..<3 {
            for column in 0..<4 {
                let pool = geometry.pooling
                var reached = Set<SIMD2<Int>>()
                for y in pool.rows.weights[row].indices {
                    for x in pool.columns.weights[column].indices {
                        reached.insert([pool.rows.starts[row] + y, pool.columns.starts[column] + x])
                    }
                }
                for stage in [1, 0] {
                    let radius = geometry.radii[stage]
                    let side = 2 * radius + 1
                    kernelWork += reached.count * side * side
                    var before = Set<SIMD2<Int>>()
                    let resize = geometry.resize(before: stage)
                    for place in reached {
                        for tap in 0..<(side * side) {
                            let y = Self.reflect(
                                place.x + tap / side - radius, geometry.stages[stage].x)
                            let x = Self.reflect(
                                place.y + tap % side - radius, geometry.stages[stage].y)
                            for i in resize.rows.weights[y].indices {
                                for j in resize.columns.weights[x].indices {
                                    before.insert([
                                        resize.rows.starts[y] + i, resize.columns.starts[x] + j,
                                    ])
                                }
                            }
                        }
                    }
                    reached = before
                }
            }
        }
        // The gradient's count exceeds twice the forward's by exactly the kernel's part.
        #expect(geometry.gradientMultiplyAdds - 2 * geometry.multiplyAdds == kernelWork)
    }

    private static func reflect(_ place: Int, _ extent: Int) -> Int {
        place < 0 ? -place : place >= extent ? 2 * (extent - 1) - place : place
    }
}
