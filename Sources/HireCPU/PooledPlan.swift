import HireArray

/// One axis of one pooled token's support on one stage: runs of positions that can matter to the token.
struct Support {
    /// Positions whose values after the stage's kernel are used.
    let start, count: Int
    /// The same, widened to whole vectors that stay inside the grid where it is wide enough.
    let wideStart, wideCount: Int
    /// Positions whose values before the kernel are used: the above and the radius, borders folded back.
    let foldedStart, foldedCount: Int
    /// `foldedCount` in whole vectors, the length of the rows in memory.
    var foldedStep: Int { roundUp(foldedCount, to: lanes) }
    /// Positions on the grid one stage coarser from which those are resized.
    let coarseStart, coarseCount: Int

    init(start: Int, count: Int, length: Int, radius: Int, resize: AxisResampling) {
        self.start = start
        self.count = count
        let wide = roundUp(count, to: lanes)
        wideCount = wide
        wideStart = wide <= length ? min(start, length - wide) : 0
        let folded = (start - radius..<start + count + radius).map { reflected($0, length) }
        let low = folded.min() ?? 0
        foldedStart = low
        foldedCount = (folded.max() ?? 0) - low + 1
        var first = Int.max
        var last = 0
        for position in low..<low + foldedCount where !resize.weights[position].isEmpty {
            first = min(first, resize.starts[position])
            last = max(last, resize.starts[position] + resize.weights[position].count)
        }
        coarseStart = first
        coarseCount = last - first
    }
}

/// Everything about a pooled operator that depends on its geometry only.
struct PooledPlan {
    let geometry: PooledOperatorGeometry
    let work: WorkCounter?
    /// Per stage, its resize.
    let rowResizes, columnResizes: [FlatResampling]
    let poolRows, poolColumns: AxisResampling
    /// Per pooled row (or column) and stage, the support.
    let rows, columns: [[Support]]

    init(_ geometry: PooledOperatorGeometry, work: WorkCounter?) {
        (self.geometry, self.work) = (geometry, work)
        let resizes = geometry.stages.indices.map { geometry.resize(before: $0) }
        rowResizes = resizes.map { FlatResampling($0.rows) }
        columnResizes = resizes.map { FlatResampling($0.columns) }
        (poolRows, poolColumns) = geometry.pooling
        rows = PooledPlan.supports(
            poolRows, resizes.map(\.rows), lengths: geometry.stages.map(\.x), radii: geometry.radii)
        columns = PooledPlan.supports(
            poolColumns, resizes.map(\.columns), lengths: geometry.stages.map(\.y),
            radii: geometry.radii)
    }

    private static func supports(
        _ pooling: AxisResampling, _ resizes: [AxisResampling], lengths: [Int], radii: [Int]
    ) -> [[Support]] {
        (0..<pooling.outputLength).map { token in
            var result: [Support] = []
            var (start, count) = (pooling.starts[token], pooling.weights[token].count)
            for stage in lengths.indices.reversed() {
                let support = Support(
                    start: start, count: count, length: lengths[stage], radius: radii[stage],
                    resize: resizes[stage])
                result.append(support)
                (start, count) = (support.coarseStart, support.coarseCount)
            }
            return result.reversed()
        }
    }

    var stages: Int { geometry.stages.count }
    var tokens: Int { geometry.pooled.x * geometry.pooled.y }
    var sourceCount: Int { geometry.source.x * geometry.source.y }

    func side(_ stage: Int) -> Int { 2 * geometry.radii[stage] + 1 }
    func plane(_ stage: Int) -> Int { geometry.stages[stage].x * geometry.stages[stage].y }

    /// The supports of a token on a stage: (rows, columns).
    func support(_ token: Int, _ stage: Int) -> (rows: Support, columns: Support) {
        (rows[token / geometry.pooled.y][stage], columns[token % geometry.pooled.y][stage])
    }

    /// Elements between rows of the padded values before a stage's kernel.
    func paddedLength(_ columns: Support, _ stage: Int) -> Int {
        columns.wideCount + 2 * geometry.radii[stage] + lanes
    }

    /// Multiply-adds for all tokens of one sample.
    var cost: Int {
        (0..<stages).reduce(0) { sum, stage in
            let tall = rows.reduce(0) { $0 + $1[stage].count }
            let wide = columns.reduce(0) { $0 + $1[stage].wideCount }
            return sum + tall * wide * side(stage) * side(stage)
        }
    }

    /// The largest number of elements that any map of one token needs, with room to spare.
    var mapSize: Int {
        let sizes = (0..<stages).map { stage in
            let tall = rows.map { max($0[stage].count, $0[stage].foldedCount) }.max() ?? 0
            let wide =
                columns.map { max($0[stage].wideCount, $0[stage].foldedStep) }.max() ?? 0
            let reach = 2 * geometry.radii[stage]
            return (tall + reach) * (wide + 2 * reach + 2 * lanes)
        }
        return max(sourceCount, sizes.max() ?? 0) + 64
    }
}
