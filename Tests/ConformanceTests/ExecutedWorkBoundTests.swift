import HireArray
import HireCPU
import HireTensor
import Testing

/// Where the CPU back-end makes more or fewer products than an operation counts, and exactly how many.
@Suite struct ExecutedWorkBoundTests {
    private func numbers(_ context: Context, _ shape: Shape, variable: Bool = false) throws
        -> Tensor
    {
        let made = try context.normal(shape, mean: 0, deviation: 0.5, from: context.stream("x"))
        return variable ? .variable(made.array, in: context) : made
    }

    /// Counted is the whole square.
    ///
    /// Blocks of 65,536 scores leave out the keys behind their last query.
    @Test func causalAttentionSkipsKeysBehindABlocksLastQuery() throws {
        let (heads, length, width) = (2, 1000, 8)
        let observer = try WorkObserver.watching { context in
            let x = try numbers(context, [1, heads, length, width])
            _ = try context.withoutGradients {
                try x.scaledDotProductAttention(x, x, isCausal: true)
            }
        }
        let block = 65
        let skipped = stride(from: 0, to: length, by: block).reduce(0) { sum, first in
            let rows = min(block, length - first)
            return sum + rows * (length - first - rows)
        }
        #expect(observer.counted == 2 * heads * length * length * width)
        #expect(observer.executed == observer.counted - 2 * heads * skipped * width)
        // Never below what is seen.
        #expect(observer.executed >= 2 * heads * (length * (length + 1) / 2) * width)
    }

    /// Counted is the adjoint of the products forward.
    ///
    /// With stride 1 it runs as a convolution of the slopes in a border of
    /// zeros, which makes each of the input's pixels from all taps.
    @Test func adjointsOfStrideOneMultiplyTheirBorder() throws {
        let observer = try WorkObserver.watching { context in
            try numbers(context, [2, 3, 12, 14], variable: true)
                .conv2d(numbers(context, [5, 3, 3, 3], variable: true)).sum().backward()
            _ = try numbers(context, [2, 3, 12, 14]).convTranspose2d(
                numbers(context, [3, 5, 3, 3]))
        }
        let products = 2 * 5 * 3 * 9
        let entries = observer.entries.filter { $0.call.multiplyAdds > 0 }
        #expect(
            entries.map(\.call.multiplyAdds) == [
                products * 10 * 12, products * 10 * 12, products * 10 * 12, products * 12 * 14,
            ])
        #expect(
            entries.map(\.executed) == [
                products * 10 * 12, products * 12 * 14, products * 10 * 12, products * 14 * 16,
            ])
    }

    /// Strips of at least 32 rows (48 backward): the rows within the radius of a cut are projected on both sides of it, and
    /// backward their kernels are made and differentiated again too.
    @Test(arguments: [1, 3]) func bilateralStagesRepeatRowsAtTheirCuts(_ threads: Int) throws {
        let (batch, guidance, key, radius, height, width) = (2, 5, 4, 3, 100, 21)
        let taps = 49
        let observer = try WorkObserver.watching(threads: threads) { context in
            func layers(_ widths: [Int]) throws -> [Tensor] {
                try [
                    numbers(context, [widths[1], widths[0]], variable: true),
                    numbers(context, [widths[1]]),
                    numbers(context, [widths[2], widths[1]], variable: true),
                    numbers(context, [widths[2]]),
                ]
            }
            let x = try numbers(context, [batch, guidance, height, width], variable: true)
            try x.bilateralStage(
                projection: layers([guidance, key, key]),
                fixup: layers([guidance + taps, taps, taps]),
                temperature: numbers(context, [], variable: true), spatial: context.ones([taps]),
                radius: radius
            ).sum().backward()
        }
        let entries = observer.entries.filter { $0.call.name == "bilateral_stage" }
        try #require(entries.count == 2)
        let projected = guidance * key + key * key
        // 100 rows are three strips forward, with two cuts, and two strips backward, with one.
        #expect(
            entries[0].executed - entries[0].call.multiplyAdds
                == batch * width * 2 * (2 * radius) * projected)
        let again = 2 * key * taps + (guidance + taps) * taps + 2 * taps * taps
        #expect(
            entries[1].executed - entries[1].call.multiplyAdds
                == batch * width * (2 * radius * again + 4 * radius * projected))
    }

    @Test func aBackEndThatWasNotAskedCountsNothing() throws {
        let backend = CPUBackend(threads: 1)
        #expect(backend.work == nil)
        let work = WorkCounter()
        let context = Context(backend: CPUBackend(threads: 1, work: work))
        _ = try context.ones([2, 3]).matmul(context.ones([3, 5]))
        #expect(work.multiplyAdds == 30)
        #expect(work.reset() == 30)
        #expect(work.multiplyAdds == 0)
    }
}
