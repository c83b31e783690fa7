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
        var kernelWork = [0, 0]
        var resizeWork = [0, 0]
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
                    kernelWork[stage] += reached.count * side * side
                    var grown = Set<SIMD2<Int>>()
                    var before = Set<SIMD2<Int>>()
                    let resize = geometry.resize(before: stage)
                    for place in reached {
                        for tap in 0..<(side * side) {
                            let y = Self.reflect(
                                place.x + tap / side - radius, geometry.stages[stage].x)
                            let x = Self.reflect(
                                place.y + tap % side - radius, geometry.stages[stage].y)
                            grown.insert([y, x])
                            for i in resize.rows.weights[y].indices {
                                for j in resize.columns.weights[x].indices {
                                    before.insert([
                                        resize.rows.starts[y] + i, resize.columns.starts[x] + j,
                                    ])
                                }
                            }
                        }
                    }
                    // Rows of the grown window become rows of the grid before, then its columns do.
                    let columns = Set(grown.map(\.y))
                    let rowTaps = Set(grown.map(\.x)).reduce(0) {
                        $0 + resize.rows.weights[$1].count
                    }
                    let columnTaps = columns.reduce(0) { $0 + resize.columns.weights[$1].count }
                    resizeWork[stage] += rowTaps * columns.count
                    resizeWork[stage] += columnTaps * Set(before.map(\.x)).count
                    reached = before
                }
            }
        }
        #expect(geometry.multiplyAdds == (kernelWork + resizeWork).reduce(0, +))
        // The first stage is not pulled again, nor is the gradient pushed through the last kernel.
        let (pulled, pushed) = (kernelWork[1] + resizeWork[1], kernelWork[0])
        let gradient = pulled + pushed + (kernelWork + resizeWork).reduce(0, +)
        #expect(geometry.gradientMultiplyAdds == gradient)
    }

    private static func reflect(_ place: Int, _ extent: Int) -> Int {
        place < 0 ? -place : place >= extent ? 2 * (extent - 1) - place : place
    }
}
